const CHARACTERS = 24;

/** `[######..................]`: how much of the work is done, a share from 0 to 1. */
export function progressBar(share: number): string {
  const filled = Math.floor(share * CHARACTERS);
  return `[${'#'.repeat(filled)}${'.'.repeat(CHARACTERS - filled)}]`;
}
