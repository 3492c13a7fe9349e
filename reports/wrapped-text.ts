/**
 * Breaks a text at spaces into lines of at most `width` characters. A longer word goes on in the next line, or with
 * `breakWords` false stays whole in a line of its own.
 */
export function wrapped(text: string, width: number, breakWords = true): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => (breakWords ? slices(word, width) : [word]))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function slices(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [''];
}
