/**
 * What the words of a consent text are, language by language. They are meant for somebody who learns the language: short sentences,
 * one thought each, level A2 to B1, and no name or date inside a sentence that would have to be inflected.
 *
 * In braces stands what is filled in: {number}, {day}, {id}, {law} (the name of a statute), {gdpr} (how German papers call it).
 */
import type { ConsentTextKind } from '../../../domain/consent-text.ts';
import type { StatedBy } from '../../../domain/facts.ts';

type EachKind<T> = Readonly<Record<ConsentTextKind, T>>;

export interface ConsentTextWords {
  /** That nobody whose first language it is has read it yet; null where that is not so. */
  draft: string | null;
  title: EachKind<string>;
  /** Comes first, so that it is not a no that has to be asked for. */
  sayNo: { title: string; lines: readonly string[] };
  asker: {
    title: string;
    name: string;
    sponsor: string;
    contact: string;
    protectionOfficer: string;
    /** Why it asks; of a release also what such a thing is (§ 203 StGB). */
    why: EachKind<readonly string[]>;
    /** Whose data it is about, where that is not who signs. */
    speakingFor: Readonly<Record<Exclude<StatedBy, 'PERSON'>, string>>;
    /** To whoever is 15 to 17 and speaks for himself or herself. */
    youth: string;
  };
  points: {
    title: string;
    how: readonly string[];
    point: string;
    gives: EachKind<string>;
    gets: EachKind<string>;
    what: EachKind<string>;
    why: string;
    until: string;
    untilDay: string;
    /** Art. 9 GDPR, expressly. */
    special: string;
    yes: EachKind<string>;
    no: EachKind<string>;
  };
  howLong: { title: string; ends: string; endsWithChildhood: string; kept: string };
  rights: { title: string; lines: readonly string[]; church: string; authority: string };
  signature: {
    title: string;
    copy: string;
    nameOf: Readonly<Record<StatedBy, string>>;
    ownName: string;
    relation: string;
    placeAndDay: string;
    signature: string;
    secondParent: string;
    /** For the office: that it made sure that the youth understands. */
    understood: string;
    officeSignature: string;
  };
  paper: { number: string; made: string };
}
