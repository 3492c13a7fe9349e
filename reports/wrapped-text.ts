/** Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole in a line of its own. */
export function wrapped(text: string, width: number): string[] {
  return filled(text.split(' '), width);
}

/** The same, but that no line is longer: a longer word goes on in the next line. */
export function wrappedWithin(text: string, width: number): string[] {
  return filled(
    text.split(' ').flatMap((word) => slices(word, width)),
    width,
  );
}

function filled(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
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
