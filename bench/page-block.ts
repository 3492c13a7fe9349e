/** The part of a page that is written from `bench/results.json`: between two lines of their own. */
const BEGIN = '<!-- from bench/results.json; written by npm run bench:pages -->';
const END = '<!-- end of bench/results.json -->';

/** @throws RangeError where the page has not exactly one block */
export function blockOf(page: string): string {
  const [begin, end] = bounds(page);
  return page.slice(begin, end);
}

/** The page with another text in its block. */
export function withBlock(page: string, text: string): string {
  const [begin, end] = bounds(page);
  return page.slice(0, begin) + text + page.slice(end);
}

/** From behind the line break after the first line to before the one before the last. */
function bounds(page: string): [begin: number, end: number] {
  const begins = page.split(`${BEGIN}\n`).length - 1;
  const ends = page.split(`\n${END}\n`).length - 1;
  const begin = page.indexOf(`${BEGIN}\n`) + BEGIN.length + 1;
  const end = page.indexOf(`\n${END}\n`);
  if (begins !== 1 || ends !== 1 || end < begin) {
    throw new RangeError(
      `page: got ${begins} lines "${BEGIN}" and ${ends} lines "${END}" after it; needed: one of each`,
    );
  }
  return [begin, end];
}
