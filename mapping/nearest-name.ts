import { distance } from 'fastest-levenshtein';

/** Fewer letters are no hint at a longer name. */
const PART_LETTERS = 3;

/** The candidate that the user most likely meant by `name`; undefined where none is close. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const given = name.toLowerCase();
  const all = [...candidates];
  // A name that is only begun is meant before any that is misspelt.
  const begun = all.filter((known) => given.length >= PART_LETTERS && known.toLowerCase().startsWith(given));
  return fewestEdits(given, begun.length > 0 ? begun : all.filter((known) => isClose(given, known.toLowerCase())));
}

/** Up to two edits, or one in two letters of a longer name; a name that contains the other is close as well. */
function isClose(given: string, known: string): boolean {
  const edits = distance(given, known);
  if (edits <= Math.max(2, Math.floor(known.length / 2)) && edits < known.length) return true;
  const long = given.length >= PART_LETTERS && known.length >= PART_LETTERS;
  return long && (known.includes(given) || given.includes(known));
}

/** The first of several that are equally near. */
function fewestEdits(given: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = distance(given, candidate.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}
