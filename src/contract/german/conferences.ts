import type { Translations } from '../german.ts';

/** Case conferences. */
export const CONFERENCES: Translations = {
  conference: 'Fallbesprechung',
  'must lie ahead': 'muss in der Zukunft liegen',
  'must lie within a year': 'muss innerhalb eines Jahres liegen',
  'must be later than beginsAt': 'muss später sein als beginsAt',
  'must lie within 12 hours of beginsAt': 'muss innerhalb von 12 Stunden nach beginsAt liegen',
  'The conference cannot be planned like this.': 'So lässt sich die Fallbesprechung nicht planen.',
  'There are {} conferences between the two of you already that are planned or go on.':
    'Zwischen Ihnen beiden gibt es schon {1} Fallbesprechungen, die geplant sind oder laufen.',
  'Nothing can be discussed: for that time there is no agreement between the two of you that names FALLBESPRECHUNG, or one of you is suspended.':
    'Es kann nichts besprochen werden: Für diese Zeit gibt es zwischen Ihnen beiden keine Vereinbarung, die FALLBESPRECHUNG nennt, oder eine der beiden Stellen ist gesperrt.',
  ' The partner has not accepted the invitation.': ' Der Partner hat die Einladung nicht angenommen.',
  'The conference has changed since you read it. Read it again.':
    'Die Fallbesprechung hat sich geändert, seit Sie sie gelesen haben. Bitte neu lesen.',
  '{} is not possible: the conference is {}.': '{1} ist nicht möglich: Die Fallbesprechung ist {2}.',
  'It cannot be discussed: that needs its STAMMDATEN disclosed by one of you to the other for FALLBESPRECHUNG, and readable at this moment.':
    'Das kann nicht besprochen werden: Dazu müssen seine STAMMDATEN von einer Stelle an die andere für FALLBESPRECHUNG weitergegeben und in diesem Moment lesbar sein.',
  'no Laufzettel that both of you may discuss': 'kein Laufzettel, den Sie beide besprechen dürfen',
  'It is on the agenda already.': 'Er steht schon auf der Tagesordnung.',
  'There are {} Laufzettel on the agenda already.': 'Auf der Tagesordnung stehen schon {1} Laufzettel.',
  'It is not on the agenda, or may not be discussed any more.':
    'Er steht nicht auf der Tagesordnung oder darf nicht mehr besprochen werden.',
  'no Laufzettel on the agenda': 'kein Laufzettel auf der Tagesordnung',
  'You have recorded {} minutes of it already.': 'Sie haben dazu schon {1} Protokolleinträge geschrieben.',
  'Nothing was recorded: you asked for all or nothing, and it may not go to the other side.':
    'Es wurde nichts protokolliert: Sie wollten alles oder nichts, und an die andere Seite darf es nicht gehen.',
  'You have made {} tasks of it already.': 'Sie haben daraus schon {1} Aufgaben gemacht.',
};
