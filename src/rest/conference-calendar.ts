/**
 * A conference as an event for a calendar (RFC 5545): when, where by a code, and which two agencies. Nothing of its agenda, for a
 * calendar is read over shoulders and synchronised to telephones.
 */
import type { ConferenceView } from '../contract/conferences.ts';
import { PLACE_WORDS } from './conference-words.ts';
import type { Representation } from './representations.ts';

export const conferenceCalendar: Representation = {
  mediaType: 'text/calendar',
  description: 'One VEVENT (RFC 5545): times, place and the two agencies, nothing of the agenda',
  write: (output) => ({
    body: calendarOf(output as ConferenceView),
    headers: { 'content-disposition': 'attachment; filename="fallbesprechung.ics"' },
  }),
};

const STATUS = { PLANNED: 'TENTATIVE', BEGUN: 'CONFIRMED', ENDED: 'CONFIRMED', CANCELLED: 'CANCELLED' } as const;

function calendarOf(conference: ConferenceView): string {
  const { id, status, answer, beginsAt, endsAt, place, version, createdAt, changedAt } = conference;
  const { convenerName, partnerName } = conference;
  const isAgreed = status === 'PLANNED' && answer === 'ACCEPTED';
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Laufzettel//Fallbesprechung//DE',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:urn:uuid:${id}`,
    // A calendar takes the later of two by this number (RFC 5545 section 3.8.7.4), which begins at 0.
    `SEQUENCE:${version - 1}`,
    `DTSTAMP:${instantOf(changedAt)}`,
    `CREATED:${instantOf(createdAt)}`,
    `LAST-MODIFIED:${instantOf(changedAt)}`,
    `DTSTART:${instantOf(beginsAt)}`,
    ...(endsAt === null ? [] : [`DTEND:${instantOf(endsAt)}`]),
    'SUMMARY:Fallbesprechung',
    `DESCRIPTION:${textOf(`${convenerName} mit ${partnerName}`)}`,
    `LOCATION:${textOf(PLACE_WORDS[place](conference))}`,
    `STATUS:${isAgreed ? 'CONFIRMED' : STATUS[status]}`,
    'CLASS:CONFIDENTIAL',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

/** `20270112T090000Z` (RFC 5545 section 3.3.5, form 2). Seconds are the smallest it knows. */
const instantOf = (at: string): string => `${at.replaceAll(/[-:]/g, '').slice(0, 15)}Z`;

/** RFC 5545 section 3.3.11. Names are one line each. */
const textOf = (text: string): string => text.replaceAll(/[\\;,]/g, (one) => `\\${one}`);

const MOST_OCTETS = 75;

/** RFC 5545 section 3.1: no line is longer, and none is broken within a character. */
function folded(line: string): string {
  const parts = [''];
  for (const character of line) {
    const last = parts.at(-1)!;
    // What goes on begins with a space, which counts.
    const room = parts.length === 1 ? MOST_OCTETS : MOST_OCTETS - 1;
    if (Buffer.byteLength(last + character) <= room) parts[parts.length - 1] = last + character;
    else parts.push(character);
  }
  return parts.join('\r\n ');
}
