/**
 * What Stryker runs for every mutant: the tests of the consent check and of `disclose` in one process, those that take
 * milliseconds first, so that most mutants die at once. The first failure ends it, and every run draws the same worlds: a
 * mutant's fate is no matter of luck.
 */
process.env.SEED = '7';
process.env.TAP_BAIL = '1';
process.env.TAP_TIMEOUT = '0';

const QUICK = [
  'disclosure',
  'consent/r0-readable',
  'consent/r0-recording',
  'consent/r1-agreement',
  'consent/r2-consent',
  'consent/r2-youth',
  'consent/r3-r4-r7',
  'consent/r5-onward',
  'consent/r6-secrecy',
  'consent/onward',
  'consent/persons-and-documents',
  'consent/permit',
  'consent/forwarding-rule',
  'consent/good-until',
  'weakens',
  'correction',
  'request',
];
const THOROUGH = [
  'review',
  'consent/needed',
  'consent/laws-of-disclosing',
  'consent/laws-of-speaking',
  'consent/enumeration',
  'consent/random',
];

for (const name of [...QUICK, ...THOROUGH]) await import(`../domain/${name}.test.ts`);
