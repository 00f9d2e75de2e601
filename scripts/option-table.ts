// Prints every option of the catalogue with where its effect is proved, as a Markdown table: what `npm test` runs of it.
//
//     node scripts/option-table.ts

import { OPTIONS } from '../src/config/options.ts';
import { effectOf, titleOf } from '../test/option-effects/all-effects.ts';

const HERE = 'test/option-effects/effects.test.ts';
const WITHOUT_EFFECT = 'test/config/whole-catalogue.test.ts';

const rows = OPTIONS.map((option) => {
  if (option.status === 'accepted') return { option, state: 'no effect, named in the log', where: WITHOUT_EFFECT };
  const effect = effectOf(titleOf(option));
  if (effect === undefined) return { option, state: 'untested', where: '' };
  return { option, state: 'tested', where: typeof effect.proof === 'function' ? HERE : effect.proof.file };
});

const lines = rows.map(({ option, state, where }) => `| \`${titleOf(option)}\` | ${state} | ${where} |`);
const count = (wanted: string) => rows.filter(({ state }) => state.startsWith(wanted)).length;
process.stdout.write(`| Option | State | Where |
| --- | --- | --- |
${lines.join('\n')}

${rows.length} options: ${count('tested')} tested, ${count('untested')} untested, ${count('no effect')} without effect
`);
