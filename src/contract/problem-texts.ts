/** A problem as it goes over the wire, the same members for both doors (RFC 9457), in two languages. */
import { type FieldError, PROBLEMS, type Problem, type ProblemCode } from '../domain/problem.ts';
import { inGerman } from './german.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const GERMAN_TITLES: Record<ProblemCode, string> = {
  'bad-request': 'Die Anfrage ist nicht lesbar',
  'token-missing': 'Es wurde kein Zugangstoken gesendet',
  'token-invalid': 'Das Zugangstoken ist nicht gültig',
  'scope-missing': 'Dem Zugangstoken fehlt ein Scope',
  'agency-suspended': 'Ihre Stelle ist gesperrt',
  'consent-missing': 'Die Klientin oder der Klient hat dieser Weitergabe nicht zugestimmt',
  'not-allowed': 'Das dürfen Sie nicht',
  'not-found': 'Das gibt es nicht, oder es gehört Ihnen nicht',
  'method-not-allowed': 'Dieser Pfad kennt diese Methode nicht',
  'request-timeout': 'Die Anfrage kam nicht rechtzeitig an',
  conflict: 'Das gibt es schon',
  'transition-illegal': 'Dieser Schritt ist vom jetzigen Status aus nicht möglich',
  'confirmation-required': 'Das hat Folgen; bitte bestätigen Sie sie',
  'idempotency-in-flight': 'Dieselbe Anfrage wird gerade bearbeitet',
  'version-stale': 'Jemand hat es inzwischen geändert',
  'body-too-large': 'Der Inhalt ist zu groß',
  'media-type-unsupported': 'Bitte application/json senden',
  'rule-broken': 'Eine Regel lässt das nicht zu',
  'idempotency-mismatch': 'Dieser Schlüssel gehört zu einer anderen Anfrage',
  'precondition-required': 'Bitte sagen Sie, welche Version Sie gesehen haben',
  'rate-limited': 'Zu viele Anfragen',
  'headers-too-large': 'Die Kopfzeilen sind zu groß',
  internal: 'Hier ist etwas fehlgeschlagen',
  overloaded: 'Der Dienst ist ausgelastet',
};

/** The title and the sentences are for people and are translated; programs look at `code` and `pointer`. */
export function problemTitle(code: ProblemCode, language: Language): string {
  return language === 'de' ? GERMAN_TITLES[code] : PROBLEMS[code].title;
}

/** The page about the code, a path on this service (docs/errors.md). */
export const problemType = (code: ProblemCode): string => `/docs/errors#${code}`;

/**
 * The language that the header prefers of those we speak (RFC 9110 §12.5.4); English when it names neither. Only the
 * first ranges are looked at: the header is a stranger's and may be long.
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of (acceptLanguage ?? '').split(',', 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = LANGUAGES.find((one) => tag === one || tag.startsWith(`${one}-`));
    const weight = parameters.map((one) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1]).find(Boolean) ?? '1';
    if (language && Number(weight) > bestWeight) [best, bestWeight] = [language, Number(weight)];
  }
  return best;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  /** The request id, by which the operator finds the log lines. */
  instance: string;
  errors?: readonly FieldError[];
  /** What a problem says beyond these, for example `withheld`. */
  [extra: string]: unknown;
}

/** `requestId` is a UUID. An extra member never takes the place of one of the standard's. */
export function problemDocument(problem: Problem, requestId: string, language: Language): ProblemDocument {
  const say = language === 'de' ? inGerman : (sentence: string) => sentence;
  return {
    ...problem.extra,
    type: problemType(problem.problem),
    title: problemTitle(problem.problem, language),
    status: PROBLEMS[problem.problem].status,
    code: problem.problem,
    detail: say(problem.detail),
    instance: `urn:uuid:${requestId}`,
    ...(problem.errors
      ? { errors: problem.errors.map(({ pointer, detail }) => ({ pointer, detail: say(detail) })) }
      : {}),
  };
}
