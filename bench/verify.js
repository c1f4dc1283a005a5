// @ts-check
export const question = "todo";
export async function run() {
  return [];
}
