/**
 * The canary over the whole test run: every personal value that a test sends is remembered, and when its exchange closes
 * none of them may stand in a line that the service logged, in an error that it answered or in a header of any answer, in any
 * of its disguises.
 */
import { disguises, headerLines } from './canary.ts';
import type { Answer } from './exchange.ts';

/** Members of a request under which personal data stands. */
const PERSONAL = new Set(['payload', 'fileReference', 'evidenceRef']);
/** Codes, dates and language tags occur everywhere and tell nothing by themselves. */
const TELLS_NOTHING = /^([A-Z0-9_]+|\d{4}-\d{2}-\d{2}(T.*)?|[a-z]{2,3}(-\w+)*)$/;
const SHORTEST = 5;

const byUrl = new Map<string, PersonalValues>();

export class PersonalValues {
  /** Of the exchange that has an instance at this URL, for whoever knows no more of it. */
  static at(url: string): PersonalValues {
    const known = byUrl.get(url) ?? new PersonalValues();
    byUrl.set(url, known);
    return known;
  }

  readonly #values = new Set<string>();
  readonly #errors: string[] = [];
  /** Each line once: there are few. */
  readonly #headers = new Set<string>();

  get size(): number {
    return this.#values.size;
  }

  /** An instance of the exchange begins to answer there. */
  alsoAt(url: string): void {
    byUrl.set(url, this);
  }

  /** Remembers what a request carries, by REST or in the variables of GraphQL. */
  remember(body: unknown, isPersonal = false): void {
    if (typeof body === 'string') {
      if (isPersonal && body.length >= SHORTEST && !TELLS_NOTHING.test(body)) this.#values.add(body);
    } else if (typeof body === 'object' && body !== null) {
      for (const [key, value] of Object.entries(body)) this.remember(value, isPersonal || PERSONAL.has(key));
    }
  }

  /** Keeps the headers of an answer, and all of it if it is an error. */
  watch(answer: Answer): void {
    for (const line of headerLines(answer.headers)) this.#headers.add(line);
    if (answer.status >= 400 || answer.body?.errors !== undefined) this.#errors.push(answer.text);
  }

  /** Throws when a value leaked; says where, and not what. */
  demandNone(log: readonly string[]): void {
    const everything = [
      ...log.map((text) => ['log', text]),
      ...this.#errors.map((text) => ['error', text]),
      ...[...this.#headers].map((text) => ['header', text]),
    ];
    for (const value of this.#values) {
      // Half a character cannot be percent-encoded, so such a value is looked for as it was sent, too.
      const all = [value, JSON.stringify(value).slice(1, -1), ...disguises(value.toWellFormed())];
      const forms = all.filter((form) => form.length >= SHORTEST);
      const leak = everything.find(([, text]) => forms.some((form) => text!.includes(form)));
      if (leak) throw new Error(`a personal value of a test stands in ${leak[0]}: ${leak[1]}`);
    }
  }
}
