import type { ConsentTextWords } from './words.ts';

export const de: ConsentTextWords = {
  draft: null,
  title: {
    CONSENT: 'Einwilligung: Dürfen wir Ihre Daten weitergeben?',
    RELEASE: 'Entbindung von der Schweigepflicht: Dürfen wir mit anderen über Sie sprechen?',
  },
  sayNo: {
    title: 'Sie dürfen Nein sagen',
    lines: [
      'Sie müssen nichts unterschreiben. Sie dürfen zu jedem Punkt Nein sagen oder nur zu einzelnen.',
      'Wenn Sie Nein sagen, haben Sie in der Beratung keinen Nachteil.',
      'Ob Sie Leistungen bekommen, hängt nicht davon ab.',
      'Sie können ein Ja jederzeit zurücknehmen. Sie müssen keinen Grund nennen.',
      'Das geht bei jeder Stelle: Sie können es sagen, schreiben oder jemanden für sich sprechen lassen. Es gilt dann sofort.',
      'Was bis dahin geschehen ist, war erlaubt.',
    ],
  },
  asker: {
    title: 'Wer fragt Sie?',
    name: 'Diese Stelle fragt',
    sponsor: 'Träger der Stelle',
    contact: 'Adresse und Telefon',
    protectionOfficer: 'Datenschutzbeauftragte Person',
    why: {
      CONSENT: ['Die Stelle möchte Ihre Daten an andere Stellen weitergeben. Dafür braucht sie Ihr Ja.'],
      RELEASE: [
        'Wer Sie berät, muss schweigen. Das steht im Gesetz ({law}).',
        'Nur mit Ihrem Ja dürfen die Beraterinnen und Berater anderen sagen, was Sie ihnen anvertraut haben. Das heißt: von der Schweigepflicht entbinden.',
        'Dieses Blatt ist nur dafür da. Es hilft nur, wenn Sie auch zur Weitergabe der Daten Ja gesagt haben. Sie können zu dem einen Ja und zu dem anderen Nein sagen.',
      ],
    },
    speakingFor: {
      GUARDIAN: 'Sie unterschreiben für ein Kind. „Ihre Daten“ heißt auf diesem Blatt: die Daten des Kindes.',
      LEGAL_REPRESENTATIVE:
        'Sie unterschreiben für eine Person, die Sie rechtlich vertreten. „Ihre Daten“ heißt auf diesem Blatt: die Daten dieser Person.',
    },
    youth:
      'Sie sind 15, 16 oder 17 Jahre alt und entscheiden selbst. Bitte fragen Sie nach, bis Sie alles verstanden haben.',
  },
  points: {
    title: 'Was fragen wir Sie?',
    how: [
      'Bei jedem Punkt sind zwei Kästchen. Bitte kreuzen Sie Ja oder Nein an. Es ist nichts schon angekreuzt.',
      'Kein Kreuz heißt: Nein.',
    ],
    point: 'Punkt {number}',
    gives: { CONSENT: 'Wer gibt die Daten', RELEASE: 'Wer darf sprechen' },
    gets: { CONSENT: 'Wer bekommt die Daten', RELEASE: 'Mit wem' },
    what: { CONSENT: 'Welche Daten', RELEASE: 'Worüber' },
    why: 'Wofür',
    until: 'Wie lange',
    untilDay: 'bis zum {day}, dieser Tag gehört dazu',
    special:
      'Diese Daten schützt das Gesetz besonders (Artikel 9 {gdpr}). Mit einem Ja stimmen Sie ausdrücklich zu, dass auch diese Daten weitergegeben werden.',
    yes: { CONSENT: 'Ja, diese Daten dürfen weitergegeben werden.', RELEASE: 'Ja, darüber darf gesprochen werden.' },
    no: {
      CONSENT: 'Nein, diese Daten dürfen nicht weitergegeben werden.',
      RELEASE: 'Nein, darüber darf nicht gesprochen werden.',
    },
  },
  howLong: {
    title: 'Wie lange gilt es?',
    ends: 'Jedes Ja endet von selbst. Der letzte Tag ist der {day}.',
    endsWithChildhood: 'Es endet auch, wenn das Kind 18 Jahre alt wird.',
    kept: 'Dieses Blatt heben wir auf, solange wir nachweisen müssen, was Sie gesagt haben.',
  },
  rights: {
    title: 'Ihre Rechte',
    lines: [
      'Sie können fragen, welche Daten wir über Sie haben und wer sie bekommen hat (Artikel 15 {gdpr}).',
      'Falsche Daten müssen wir berichtigen (Artikel 16).',
      'Sie können verlangen, dass wir Daten löschen oder nicht mehr benutzen (Artikel 17 und 18). Wer sie bekommen hat, erfährt davon (Artikel 19).',
      'Sie können Ihre Daten mitnehmen (Artikel 20) und widersprechen, dass wir sie benutzen (Artikel 21).',
      'Sie können sich bei der Aufsichtsbehörde für Datenschutz beschweren (Artikel 77).',
    ],
    church: 'Bei dieser kirchlichen Stelle stehen die Rechte im Gesetz {law}.',
    authority: 'Aufsichtsbehörde',
  },
  signature: {
    title: 'Unterschrift',
    copy: 'Sie bekommen eine Kopie von diesem Blatt.',
    nameOf: { PERSON: 'Ihr Name', GUARDIAN: 'Name des Kindes', LEGAL_REPRESENTATIVE: 'Name der Person' },
    ownName: 'Ihr Name',
    relation: 'Wer sind Sie für das Kind (zum Beispiel Mutter, Vater, Vormund)',
    placeAndDay: 'Ort und Datum',
    signature: 'Ihre Unterschrift',
    secondParent: 'Unterschrift des anderen Elternteils, wenn beide das Sorgerecht haben',
    understood:
      'Das füllt die Stelle aus. Wir haben mit der oder dem Jugendlichen gesprochen. Sie oder er versteht, worum es geht.',
    officeSignature: 'Datum und Unterschrift der Stelle',
  },
  paper: { number: 'Nummer dieses Blattes', made: 'Gemacht am' },
};
