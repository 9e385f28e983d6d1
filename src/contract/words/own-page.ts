/** What stands on the page for the person whom it is all about, in the languages that a person can be spoken to in. */
import type { ClosureAnswer } from '../../domain/closure-answer.ts';
import type { ConsentForm, StatedBy } from '../../domain/facts.ts';
import type { Language } from '../../domain/languages.ts';
import type { EndCause } from '../../domain/own-page.ts';
import { AR } from './own-page/ar.ts';
import { DE } from './own-page/de.ts';
import { EN } from './own-page/en.ts';
import { FA } from './own-page/fa.ts';
import { RU } from './own-page/ru.ts';
import { TR } from './own-page/tr.ts';
import { UK } from './own-page/uk.ts';

type Words<Name extends string> = Readonly<Record<Name, string>>;
type Right =
  | 'access'
  | 'rectification'
  | 'erasure'
  | 'restriction'
  | 'notification'
  | 'portability'
  | 'objection'
  | 'withdrawal';
export type Regime = 'GDPR_SGB' | 'DSG_EKD' | 'KDG';

export interface OwnPageWords extends Words<'title' | 'file' | 'asOf' | 'draft' | 'role' | 'nothing'> {
  held: Words<
    | 'title'
    | 'writtenHere'
    | 'receivedFrom'
    | 'receivedFor'
    | 'secrecy'
    | 'concernsOthers'
    | 'corrected'
    | 'corrects'
    | 'filedUnder'
    | 'guardFrom'
    | 'erased'
    | 'erasedAt'
    | 'ended'
  >;
  given: Words<'title'>;
  said: Words<'title' | 'releases'>;
  answers: Words<'title'>;
  rights: Words<'title'>;
  agreements: Words<'title'>;
  notes: Words<'title'>;
  column: Words<
    'what' | 'path' | 'purpose' | 'dates' | 'basis' | 'said' | 'validity' | 'from' | 'ended' | 'answer' | 'agreement'
  >;
  /** Before a date. */
  on: Words<'shared' | 'received' | 'read' | 'notRead' | 'ended' | 'until' | 'since' | 'from'>;
  /** What a no leaves out means every one. */
  every: Words<'agency' | 'purpose' | 'category'>;
  basis: Words<'notShown' | 'agreement' | 'yes' | 'release'>;
  end: Words<EndCause | 'other'>;
  decision: Words<'GIVEN' | 'REFUSED' | 'WITHDRAWN'>;
  form: Words<ConsentForm>;
  statedBy: Words<StatedBy>;
  answer: Words<ClosureAnswer | 'owed' | 'overdue' | 'notNeeded'>;
  value: Words<'yes' | 'no'>;
  right: Readonly<Record<Right, Words<'title' | 'text'>>> & { readonly complaint: Words<'title'> };
  /** Whom to complain to, by the law that the agency is under. */
  complaint: Words<Regime>;
  note: Words<'others' | 'aboutOthers' | 'files' | 'language'>;
}

const WORDS: Readonly<Record<Language, OwnPageWords>> = { de: DE, en: EN, tr: TR, ru: RU, ar: AR, uk: UK, fa: FA };

export const ownPageWords = (language: Language): OwnPageWords => WORDS[language];

/** Where each right stands: agencies of the churches are under laws of their own (Art. 91 GDPR). */
const LAWS: Readonly<Record<Right | 'complaint', Words<Regime>>> = {
  access: { GDPR_SGB: 'Art. 15 DSGVO', DSG_EKD: '§ 19 DSG-EKD', KDG: '§ 17 KDG' },
  rectification: { GDPR_SGB: 'Art. 16 DSGVO', DSG_EKD: '§ 20 DSG-EKD', KDG: '§ 18 KDG' },
  erasure: { GDPR_SGB: 'Art. 17 DSGVO', DSG_EKD: '§ 21 DSG-EKD', KDG: '§ 19 KDG' },
  restriction: { GDPR_SGB: 'Art. 18 DSGVO', DSG_EKD: '§ 22 DSG-EKD', KDG: '§ 20 KDG' },
  notification: { GDPR_SGB: 'Art. 19 DSGVO', DSG_EKD: '§ 23 DSG-EKD', KDG: '§ 21 KDG' },
  portability: { GDPR_SGB: 'Art. 20 DSGVO', DSG_EKD: '§ 24 DSG-EKD', KDG: '§ 22 KDG' },
  objection: { GDPR_SGB: 'Art. 21 DSGVO', DSG_EKD: '§ 25 DSG-EKD', KDG: '§ 23 KDG' },
  withdrawal: { GDPR_SGB: 'Art. 7 Abs. 3 DSGVO', DSG_EKD: '§ 11 Abs. 3 DSG-EKD', KDG: '§ 8 Abs. 6 KDG' },
  complaint: { GDPR_SGB: 'Art. 77 DSGVO', DSG_EKD: '§ 46 DSG-EKD', KDG: '§ 48 KDG' },
};
const RIGHTS = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'notification',
  'portability',
  'objection',
  'withdrawal',
] as const satisfies readonly Right[];

/** @param regime of the agency; one that is not known here is under the general law. */
export function rightsIn(language: Language, regime: string | undefined) {
  const { right, complaint } = WORDS[language];
  const under = regime !== undefined && regime in complaint ? (regime as Regime) : 'GDPR_SGB';
  return [
    ...RIGHTS.map((one) => ({ law: LAWS[one][under], ...right[one] })),
    { law: LAWS.complaint[under], title: right.complaint.title, text: complaint[under] },
  ];
}

export const notesIn = (language: Language): string[] => {
  const { others, aboutOthers, files, language: written } = WORDS[language].note;
  return [others, aboutOthers, files, written];
};
