/** Files and folders as a person hands them over: chosen, or dropped. */
import type { Source } from "../../worker/notary/notary.js";

type Files = Extract<Source, { readonly from: "files" }>["files"];

/** Files that were chosen, those of a folder with their paths. */
export const chosen = (list: FileList | null): Files =>
  [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** All entries of a folder: a reader gives them in portions. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}

async function filesOf(entry: FileSystemEntry): Promise<Files> {
  if (entry.isDirectory) {
    const entries = await entriesOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(entries.map(filesOf))).flat();
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  return [{ path: entry.fullPath.replace(/^\//, ""), file }];
}

/** Files that were dropped, folders with everything in them. Call it while they are being dropped. */
export async function dropped({ items, files }: DataTransfer): Promise<Files> {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return chosen(files);
  return (await Promise.all(entries.map((entry) => (entry === null ? [] : filesOf(entry))))).flat();
}
