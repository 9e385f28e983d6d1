import type { Translations } from '../german.ts';

/** The consent conversation, and what a yes that names one of its texts says beyond it. */
export const CONVERSATION: Translations = {
  'consent text': 'Einwilligungstext',
  'This cannot be asked; nothing was made. See errors.':
    'Das kann so nicht gefragt werden; es wurde nichts erstellt. Siehe errors.',
  'cannot speak for a client whose age is {}': 'kann nicht für eine Klientin oder einen Klienten im Alter {1} sprechen',
  'must lie ahead, at most 12 calendar months after this day':
    'muss in der Zukunft liegen, höchstens 12 Kalendermonate nach dem heutigen Tag',
  'At most {} consent texts about a client are kept, and there are as many.':
    'Je Klientin oder Klient werden höchstens {1} Einwilligungstexte aufbewahrt, und so viele gibt es schon.',
  'is required, or {}': 'fehlt; oder {1}',
  'cannot stand beside {}': 'kann nicht neben {1} stehen',
  'is the hash of a text that you made for another client':
    'ist der Hash eines Textes, den Sie für eine andere Klientin oder einen anderen Klienten erstellt haben',
  'is the hash of a text of the kind {}': 'ist der Hash eines Textes der Art {1}',
  'is none that the text names': 'wird im Text nicht genannt',
  'is none that the text names for this recipient': 'wird im Text für diese Empfängerin nicht genannt',
  'go beyond what the text asks for: {}': 'gehen über das hinaus, was der Text fragt: {1}',
  'is not that of the text, which is {}': 'ist nicht die des Textes; seine ist {1}',
  'is not whom the text is for, which is {}': 'ist nicht, für wen der Text gemacht ist: {1}',
  'is younger than whom the text is about, which is {}': 'ist jünger, als der Text annimmt: {1}',
  'must not be later than the text says': 'darf nicht später liegen, als der Text sagt',
  'lies before the day on which the text was made': 'liegt vor dem Tag, an dem der Text erstellt wurde',
};
