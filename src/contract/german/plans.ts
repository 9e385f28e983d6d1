import type { Translations } from '../german.ts';

/** Plans that two agencies write together. */
export const PLANS: Translations = {
  plan: 'Plan',
  'No plan can be opened like this. See errors.': 'So lässt sich kein Plan eröffnen. Siehe errors.',
  'its kind has to be one of {}': 'seine Art muss eine von {1} sein',
  'no name for this kind of plan on this day; see GET /v1/code-lists':
    'an diesem Tag kein Name für diese Art von Plan; siehe GET /v1/code-lists',
  'must be another agency of this exchange than your own':
    'muss eine andere Stelle dieser Vermittlung sein als Ihre eigene',
  'it has {} plans of yours already': 'er hat schon {1} Pläne von Ihnen',
  'is no code': 'ist kein Code',
  'names one of entry and entryId': 'nennt genau eines von entry und entryId',
  'says a code when it declines, and only then': 'nennt einen Code, wenn er ablehnt, und nur dann',
  'lies in the past': 'liegt in der Vergangenheit',
  'has to be {}, as the plan is': 'muss {1} sein wie der Plan',
  'must be an entry that you wrote': 'muss ein Eintrag sein, den Sie geschrieben haben',
  'must be of the category {}, as the plan is': 'muss von der Kategorie {1} sein wie der Plan',
  'must be about the client of the plan': 'muss von der Person handeln, um die es in dem Plan geht',
  'stands in this plan already': 'steht schon in diesem Plan',
  'It cannot be proposed like this. See errors.': 'So lässt es sich nicht vorschlagen. Siehe errors.',
  'The part has another entry than the one that you replace. Read the plan again.':
    'In dem Teil steht ein anderer Eintrag als der, den Sie ersetzen. Lesen Sie den Plan neu.',
  'no such part in this plan': 'kein solcher Teil in diesem Plan',
  'must be another part that stands in the plan': 'muss ein anderer Teil sein, der in dem Plan steht',
  'the plan has as many parts as it may have; replace one':
    'der Plan hat so viele Teile, wie er haben darf; ersetzen Sie einen',
  'the plan has as many proposals as it may have; open another one':
    'der Plan hat so viele Vorschläge, wie er haben darf; eröffnen Sie einen anderen',
  'you have as many open proposals in this plan as you may; wait for answers, or withdraw some':
    'Sie haben in diesem Plan so viele offene Vorschläge, wie Sie haben dürfen; warten Sie auf Antworten oder ziehen Sie welche zurück',
  'The part has another entry by now than the one that the proposal replaces. Decline it, or name as `replaces` the entry that it shall replace.':
    'In dem Teil steht inzwischen ein anderer Eintrag als der, den der Vorschlag ersetzt. Lehnen Sie ihn ab, oder nennen Sie als `replaces` den Eintrag, den er ersetzen soll.',
};
