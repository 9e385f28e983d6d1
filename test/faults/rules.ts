/** Faults in the consent check itself: each rule dropped, each tie turned, each end moved by its millisecond. */
import type { Check, Fault } from './fault.ts';

const CONSENT = 'src/domain/consent.ts';
const RULES = 'src/domain/consent-rules.ts';
const READABLE = 'src/domain/readable.ts';
const HOP_RULES = '[agreement, consent, noToDiscloser, secrecy, residenceGuard]';

const told = (name: string): Check => `test/domain/consent/${name}.test.ts`;
const fault = (file: string, name: string, find: string, replace: string, check: string): Fault => ({
  name,
  changes: [{ file, find, replace }],
  checks: [told(check)],
});
const without = (rule: string): string => HOP_RULES.replace(new RegExp(`${rule}, |, ${rule}`), '');
const dropped = (name: string, rule: string, check: string): Fault =>
  fault(CONSENT, name, HOP_RULES, without(rule), check);

const DROPPED: Fault[] = [
  fault(
    CONSENT,
    'R0 is dropped: an entry that is not well-formed is decided upon',
    "if (!isReadableEntry(entry, question, facts)) return withhold(entry, ['UNREADABLE']);",
    '',
    'r0-readable',
  ),
  fault(
    CONSENT,
    'R0 is dropped: facts that cannot be read are believed',
    'return areReadableFacts(known) ? known : null;',
    'return known;',
    'r0-readable',
  ),
  fault(
    READABLE,
    'a yes lasts longer than twelve months',
    'return validUntil <= lastAsked.end;',
    'return validUntil > statedAt;',
    'r0-recording',
  ),
  dropped('R1 is dropped: no agreement is needed', 'agreement', 'r1-agreement'),
  dropped('R2 is dropped: no consent is needed', 'consent', 'r2-consent'),
  fault(
    RULES,
    'R2 forgets the end of a consent',
    "if (yes.validUntil <= at) reasons.push('EXPIRED');",
    '',
    'r2-consent',
  ),
  dropped('R2 is dropped onward: a no about who passes on does not count', 'noToDiscloser', 'onward'),
  fault(
    RULES,
    'R3 is dropped: anybody may say yes for anybody',
    "if (!isCapable(yes)) reasons.push('CAPACITY');",
    '',
    'r3-r4-r7',
  ),
  fault(
    RULES,
    'R4 is dropped: health data go by word of mouth',
    "if (!hasForm(yes, scope.category)) reasons.push('FORM_INSUFFICIENT');",
    '',
    'r3-r4-r7',
  ),
  fault(
    CONSENT,
    'R5 is dropped: what is not held is passed on',
    "if (held?.length === 0) findings.push({ reasons: ['ONWARD_NOT_HELD'] });",
    '',
    'r5-onward',
  ),
  fault(
    CONSENT,
    'R5 believes every row, whatever its own hop would be told',
    '!holders.has(row.from) || !isPermittedHop(row, entry, at, facts)',
    'row.from === row.to',
    'r5-onward',
  ),
  dropped('R6 is dropped: no release is needed', 'secrecy', 'r6-secrecy'),
  dropped('R7 is dropped: a public body learns of a residence', 'residenceGuard', 'r3-r4-r7'),
  fault(
    CONSENT,
    'strict is not obeyed',
    '(question.strict && permitted.size < decided.length)',
    'false',
    'forwarding-rule',
  ),
  fault(CONSENT, 'a core category may be missing', 'missingCore.length > 0 ||', '', 'forwarding-rule'),
  fault(
    RULES,
    'of several persons concerned one is asked',
    '[...new Set(entry.concerns)].flatMap(',
    '[...new Set(entry.concerns)].slice(0, 1).flatMap(',
    'persons-and-documents',
  ),
  fault(
    READABLE,
    'a document needs nothing of what it is filed under',
    'entry.filedUnder === null ? [entry.category] : [...new Set([entry.category, ...entry.filedUnder])]',
    '[entry.category]',
    'persons-and-documents',
  ),
  fault(
    RULES,
    'what one person said counts for another',
    'said.person === scope.person &&',
    'said.person !== null &&',
    'persons-and-documents',
  ),
  fault(
    RULES,
    'a no that leaves something out says nothing about it',
    'named === null || named === value',
    'named === value',
    'r2-consent',
  ),
  fault(
    RULES,
    'who passes on learns what the person said to others',
    "found.reasons.length > 0 && entry.origin !== hop.discloser ? { reasons: ['ONWARD_NOT_COVERED'] } : found;",
    'entry.origin === hop.discloser ? found : found;',
    'onward',
  ),
];

const TIES: Fault[] = [
  fault(
    RULES,
    'a no recorded at the same instant does not beat the yes',
    'if (yes.statedAt <= no.recordedAt) return false;',
    'if (yes.statedAt < no.recordedAt) return false;',
    'r2-consent',
  ),
  fault(
    RULES,
    'a no counts from when it was said, so one that reaches us late is too late',
    'if (yes.statedAt <= no.recordedAt) return false;',
    'if (yes.statedAt <= no.statedAt) return false;',
    'r2-consent',
  ),
  fault(
    RULES,
    "a youth's no is lifted by a guardian",
    "if (no.statedBy !== 'PERSON' || no.ageBand !== 'FROM_15_TO_17') return true;",
    'if (yes.statedAt > no.recordedAt) return true;',
    'r2-youth',
  ),
  fault(
    RULES,
    'of several yeses tied one is taken',
    'return begun.filter((yes) => yes.statedAt === latest);',
    'return begun.filter((yes) => yes.statedAt === latest).slice(0, 1);',
    'r2-consent',
  ),
  fault(
    RULES,
    'not the last word counts but any',
    'return begun.filter((yes) => yes.statedAt === latest);',
    'return begun.filter((yes) => yes.statedAt <= latest);',
    'r2-consent',
  ),
  fault(
    RULES,
    'a yes that begins later cuts off the one that runs',
    'const latest = Math.max(...begun.map((yes) => yes.statedAt));',
    'const latest = Math.max(...counting.map((yes) => yes.statedAt));',
    'r2-consent',
  ),
  fault(
    RULES,
    'of two noes tied one is told',
    '.map((no) => no.decision);',
    '.slice(0, 1).map((no) => no.decision);',
    'r2-consent',
  ),
  fault(
    RULES,
    'of several that serve the greatest id is named',
    '(id < least ? id : least)',
    '(id > least ? id : least)',
    'permit',
  ),
  fault(CONSENT, 'of several rows any is named', '[...held].sort()[0]!', '[...held].sort().at(-1)!', 'permit'),
];

/** Each end and each beginning, at its very millisecond. */
const BOUNDS: Fault[] = [
  fault(RULES, 'validFrom: a millisecond late', 'yes.validFrom <= at', 'yes.validFrom < at', 'r2-consent'),
  fault(RULES, 'validUntil: a millisecond late', 'yes.validUntil <= at', 'yes.validUntil < at', 'r2-consent'),
  fault(
    RULES,
    'validUntil of a release: a millisecond late',
    'at < release.validUntil',
    'at <= release.validUntil',
    'r6-secrecy',
  ),
  fault(RULES, 'from of an agreement: a millisecond late', 'one.from <= at', 'one.from < at', 'r1-agreement'),
  fault(RULES, 'until of an agreement: a millisecond late', 'at < one.until', 'at <= one.until', 'r1-agreement'),
  fault(RULES, 'terminatedAt: a millisecond late', 'one.terminatedAt <= at', 'one.terminatedAt < at', 'r1-agreement'),
  fault(RULES, 'signedAt: a millisecond late', 'party.signedAt <= at', 'party.signedAt < at', 'r1-agreement'),
  fault(RULES, 'leftAt: a millisecond late', 'party.leftAt <= at', 'party.leftAt < at', 'r1-agreement'),
  fault(
    RULES,
    'suspendedAt: a millisecond late',
    'agency.suspendedAt <= hop.at',
    'agency.suspendedAt < hop.at',
    'r1-agreement',
  ),
  fault(RULES, 'guardFrom: a millisecond late', 'entry.guardFrom <= hop.at', 'entry.guardFrom < hop.at', 'r3-r4-r7'),
  fault(CONSENT, 'goodUntil of a row: a millisecond late', 'at < row.goodUntil', 'at <= row.goodUntil', 'r5-onward'),
  fault(
    CONSENT,
    'goodUntil is told as the last of the ends, not the first',
    'changes.find((at)',
    'changes.findLast((at)',
    'good-until',
  ),
];

/** The one way out. */
const DISCLOSING: Fault[] = [
  {
    name: 'a look-alike of a permit opens an entry',
    changes: [
      {
        file: CONSENT,
        find: 'permits.isOn(value)',
        replace: "typeof value === 'object' && value !== null && 'reliedOn' in value",
      },
    ],
    checks: ['test/domain/disclosure.test.ts'],
  },
  {
    name: 'a permit opens other entries too',
    changes: [{ file: 'src/domain/disclosure.ts', find: ' && basis.entry === entry.id', replace: '' }],
    checks: ['test/domain/disclosure.test.ts'],
  },
  {
    name: 'whoever asks counts as the author',
    changes: [{ file: 'src/domain/disclosure.ts', find: 'basis.reader === entry.origin', replace: 'true' }],
    checks: ['test/domain/disclosure.test.ts'],
  },
  {
    name: 'a view takes what disclose has not made',
    changes: [
      {
        file: 'src/usecases/read-entries.ts',
        find: 'const disclosed = disclose(entry, basis, content);',
        replace: 'const disclosed = { entry, payload: content() };',
      },
    ],
    checks: ['types'],
  },
  {
    name: 'the domain has a branch that no test speaks of',
    changes: [
      {
        file: 'src/domain/closure-answer.ts',
        find: 'export type ClosureAnswer',
        replace:
          'const untold = (many: number): string => (many > 1 ? "more" : "one");\nuntold(2);\nexport type ClosureAnswer',
      },
    ],
    checks: ['coverage:domain'],
  },
];

export const FAULTS_OF_THE_RULES: readonly Fault[] = [...DROPPED, ...TIES, ...BOUNDS, ...DISCLOSING];
