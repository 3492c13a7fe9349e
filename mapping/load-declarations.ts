import { readdirSync } from 'node:fs';

/**
 * Imports every module of a folder and takes the declaration that it exports under `name`, in the order of the file names.
 * So a new mapping scheme or preset is one new file, and no list has to be edited.
 *
 * @throws Error where a module does not export it
 */
export async function loadDeclarations<T>(folder: URL, name: string): Promise<T[]> {
  const files = readdirSync(folder)
    .filter((file) => /\.(?:js|ts)$/.test(file) && !file.endsWith('.d.ts'))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as Readonly<Record<string, T>>;
      const declaration = module[name];
      if (declaration === undefined) {
        throw new Error(`${file}: exports no \`${name}\`; every file of ${folder.pathname} declares one`);
      }
      return declaration;
    }),
  );
}
