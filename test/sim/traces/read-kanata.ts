export interface KanataStage {
  readonly lane: number;
  readonly name: string;
  readonly start: number;
  /** null: it has not ended when the file ends. */
  end: number | null;
}

export interface KanataInstruction {
  readonly simulatorId: number;
  readonly thread: number;
  readonly begin: number;
  label: string;
  detail: string;
  readonly stages: KanataStage[];
  /** null: it does not retire in the file. */
  retired: number | null;
}

/**
 * Reads a Kanata log, version 0004, after docs/kanata-log-format.md of the Konata project; throws where the file breaks the
 * format: columns, numbers of instructions and retirements, stages that overlap on a lane, commands for an
 * instruction that has not begun or has retired.
 */
export function readKanata(text: string): { instructions: KanataInstruction[]; end: number } {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const [header, ...lines] = text.slice(0, -1).split('\n');
  if (header !== 'Kanata\t0004') throw new Error(`header ${header}`);
  const instructions: KanataInstruction[] = [];
  let now = -1;
  let retired = 0;
  for (const line of lines) {
    const [command, ...columns] = line.split('\t');
    const expectColumns = (count: number): void => {
      if (columns.length !== count) throw new Error(`columns of ${line}`);
    };
    if (command === 'C=' || command === 'C') {
      expectColumns(1);
      if ((command === 'C=') !== now < 0 || !/^\d+$/.test(columns[0]!)) throw new Error(line);
      if (command === 'C' && columns[0] === '0') throw new Error('C of no cycles');
      now = (command === 'C' ? now : 0) + Number(columns[0]);
      continue;
    }
    if (now < 0) throw new Error(`${line} before C=`);
    const id = Number(columns[0]);
    if (command === 'I') {
      expectColumns(3);
      if (id !== instructions.length) throw new Error(`instruction ${id} after ${instructions.length}`);
      const [simulatorId, thread] = [Number(columns[1]), Number(columns[2])];
      instructions.push({ simulatorId, thread, begin: now, label: '', detail: '', stages: [], retired: null });
      continue;
    }
    const instruction = instructions[id];
    if (instruction === undefined || instruction.retired !== null) throw new Error(`${line}: no such instruction`);
    const { stages } = instruction;
    if (command === 'L') {
      expectColumns(3);
      if (columns[1] === '0') instruction.label += columns[2];
      else if (columns[1] === '1') instruction.detail += columns[2]!.replaceAll('\\n', '\n');
      else throw new Error(line);
      continue;
    }
    expectColumns(3);
    if (command === 'R') {
      if (Number(columns[1]) !== retired++ || columns[2] !== '0') throw new Error(`${line}: retirement ${retired - 1}`);
      if (stages.some(({ end }) => end === null)) throw new Error(`${line}: a stage has not ended`);
      instruction.retired = now;
      continue;
    }
    const lane = Number(columns[1]);
    const open = stages.find((stage) => stage.lane === lane && stage.end === null);
    if (command === 'S') {
      if (open !== undefined) throw new Error(`${line}: stage ${open.name} has not ended`);
      stages.push({ lane, name: columns[2]!, start: now, end: null });
    } else if (command === 'E') {
      if (open?.name !== columns[2]) throw new Error(`${line}: no such stage`);
      open!.end = now;
    } else throw new Error(line);
  }
  return { instructions, end: now };
}
