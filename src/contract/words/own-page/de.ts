import type { OwnPageWords } from '../own-page.ts';

/** German. */
export const DE: OwnPageWords = {
  title: 'Auskunft über Ihre Daten',
  file: 'Aktenzeichen',
  asOf: 'Stand',
  draft: 'Diese Übersetzung hat noch niemand geprüft, dessen Muttersprache das ist. Es gilt der deutsche Text.',
  role: 'Diese Stelle tauscht mit anderen Stellen Daten über Sie nur aus, wenn Sie das erlaubt haben. Der Austausch läuft über eine gemeinsame Vermittlung. Die Vermittlung prüft vor jeder Weitergabe und vor jedem Lesen, ob Ihre Erlaubnis gilt. Sie hält den Inhalt verschlüsselt.',
  nothing: 'Nichts.',
  held: {
    title: '1. Was diese Stelle über Sie hat',
    writtenHere: 'geschrieben von dieser Stelle am',
    receivedFrom: 'erhalten von',
    receivedFor: 'für den Zweck',
    secrecy: 'Unter Schweigepflicht geschrieben (§ 203 StGB).',
    concernsOthers: 'Betrifft auch andere Personen. Wer sie sind, steht hier nicht.',
    corrected: 'Dieser Eintrag wurde berichtigt. Ein neuerer ersetzt ihn.',
    corrects: 'Berichtigt einen älteren Eintrag.',
    filedUnder: 'gehört zu',
    guardFrom: 'geht an keine öffentliche Stelle ab',
    erased: 'Von dieser Stelle gelöscht',
    erasedAt: 'gelöscht am',
    ended: 'Was diese Stelle erhalten hatte und nicht mehr lesen kann',
  },
  given: {
    title: '2. Wer Daten über Sie bekommen hat',
  },
  said: {
    title: '3. Was Sie erlaubt und was Sie abgelehnt haben',
    releases: 'Entbindung von der Schweigepflicht',
  },
  answers: {
    title: '4. Was beendet wurde, und wer geantwortet hat',
  },
  rights: {
    title: '5. Ihre Rechte',
  },
  agreements: {
    title: 'Vereinbarungen, auf denen die Weitergaben beruhen',
  },
  notes: {
    title: 'Was auf diesem Blatt nicht steht',
  },
  column: {
    what: 'Was',
    path: 'Von wem, an wen',
    purpose: 'Zweck',
    dates: 'Wann',
    basis: 'Worauf es beruht',
    said: 'Was gesagt wurde',
    validity: 'Gilt',
    from: 'von',
    ended: 'beendet',
    answer: 'Antwort der Stelle',
    agreement: 'Vereinbarung',
  },
  on: {
    shared: 'weitergegeben am',
    received: 'erhalten am',
    read: 'zuerst gelesen am',
    notRead: 'noch nicht gelesen',
    ended: 'beendet am',
    until: 'gilt bis',
    since: 'seit',
    from: 'ab',
  },
  every: {
    agency: 'alle Stellen',
    purpose: 'alle Zwecke',
    category: 'alle Arten von Daten',
  },
  basis: {
    notShown: 'Worauf es beruht, weiß die Stelle, die den Eintrag geschrieben hat.',
    agreement: 'Vereinbarung',
    yes: 'Ihre Erlaubnis vom',
    release: 'Ihre Entbindung von der Schweigepflicht vom',
  },
  end: {
    SAID_NO: 'Sie haben nein gesagt.',
    CORRECTED: 'Der Eintrag wurde berichtigt.',
    ERASED: 'Der Eintrag wurde gelöscht.',
    SUSPENDED: 'Eine der Stellen wurde gesperrt.',
    AGREEMENT_ENDED: 'Die Vereinbarung der Stellen ist beendet.',
    CONSENT_ENDED: 'Ihre Erlaubnis ist abgelaufen.',
    FORWARDING_ENDED: 'Die Weiterleitung wurde zurückgezogen, abgelehnt oder nicht angenommen.',
    other: 'Der Grund ist dieser Stelle nicht bekannt.',
  },
  decision: {
    GIVEN: 'erlaubt',
    REFUSED: 'abgelehnt',
    WITHDRAWN: 'widerrufen',
  },
  form: {
    WRITTEN: 'schriftlich',
    ELECTRONIC: 'elektronisch',
    ORAL: 'mündlich',
  },
  statedBy: {
    PERSON: 'von Ihnen selbst',
    GUARDIAN: 'von Ihren Eltern oder Ihrem Vormund',
    LEGAL_REPRESENTATIVE: 'von Ihrer rechtlichen Betreuung',
  },
  answer: {
    STOPPED: 'Die Stelle verwendet die Daten nicht mehr.',
    RETAINED: 'Die Stelle behält die Daten, weil ein Gesetz es verlangt',
    ERASED: 'Die Stelle hat die Daten gelöscht.',
    owed: 'Die Antwort steht aus seit',
    overdue: 'Die Antwort ist überfällig seit',
    notNeeded: 'Die Stelle hat die Daten nie gelesen und muss nicht antworten.',
  },
  value: {
    yes: 'ja',
    no: 'nein',
  },
  right: {
    access: {
      title: 'Auskunft',
      text: 'Sie dürfen jederzeit fragen, was eine Stelle über Sie gespeichert hat, woher es kommt und wer es bekommen hat. Das kostet nichts.',
    },
    rectification: {
      title: 'Berichtigung',
      text: 'Ist etwas falsch, muss die Stelle es berichtigen. Fehlt etwas, muss sie es ergänzen.',
    },
    erasure: {
      title: 'Löschung',
      text: 'Wird etwas nicht mehr gebraucht oder war es nicht erlaubt, muss die Stelle es löschen, wenn kein Gesetz verlangt, dass sie es aufbewahrt.',
    },
    restriction: {
      title: 'Einschränkung',
      text: 'Solange zum Beispiel nicht geklärt ist, ob etwas stimmt, können Sie verlangen, dass die Stelle es nur noch aufbewahrt und nicht verwendet.',
    },
    notification: {
      title: 'Mitteilung',
      text: 'Hat die Stelle etwas berichtigt, gelöscht oder eingeschränkt, sagt sie es allen, die es bekommen haben, und auf Wunsch sagt sie Ihnen, wer das ist.',
    },
    portability: {
      title: 'Mitnehmen der Daten',
      text: 'Was Sie selbst angegeben haben, können Sie in einem gängigen Dateiformat bekommen.',
    },
    objection: {
      title: 'Widerspruch',
      text: 'Verarbeitet die Stelle Daten ohne Ihre Erlaubnis für eine öffentliche Aufgabe, können Sie aus Gründen, die in Ihrer Lage liegen, widersprechen.',
    },
    withdrawal: {
      title: 'Nein sagen',
      text: 'Sie können jede Erlaubnis jederzeit widerrufen, ganz oder für einzelne Daten, Stellen oder Zwecke. Es genügt, das einer Stelle zu sagen. Es gilt sofort. Was vorher geschah, bleibt erlaubt.',
    },
    complaint: {
      title: 'Beschwerde',
    },
  },
  complaint: {
    GDPR_SGB:
      'Sie können sich bei der Datenschutzaufsicht beschweren, die für diese Stelle zuständig ist: bei der oder dem Datenschutzbeauftragten Ihres Bundeslandes, für Jobcenter beim Bund (BfDI).',
    DSG_EKD:
      'Diese Stelle gehört zur evangelischen Kirche oder Diakonie. Sie können sich beim Beauftragten für den Datenschutz der EKD beschweren.',
    KDG: 'Diese Stelle gehört zur katholischen Kirche oder Caritas. Sie können sich bei der Diözesandatenschutzaufsicht beschweren.',
  },
  note: {
    others:
      'Andere Stellen führen eigene Akten. Was sie über Sie haben, steht nur hier, soweit diese Stelle es wissen darf. Fragen Sie jede Stelle selbst nach einem solchen Blatt.',
    aboutOthers:
      'Einträge über andere Menschen, in denen Sie nur vorkommen, stehen hier nie. Fragen Sie die Stelle: Sie sagt Ihnen, was davon Sie betrifft, soweit sie dadurch nicht andere verrät (Art. 15 Abs. 4 DSGVO).',
    files: 'Von Dateien stehen hier nur Name und Größe. Die Stelle gibt Ihnen eine Kopie.',
    language: 'Was die Stellen geschrieben haben, steht hier in der Sprache, in der es geschrieben wurde.',
  },
};
