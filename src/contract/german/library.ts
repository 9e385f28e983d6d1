import type { Translations } from '../german.ts';

/** What GraphQL's own validation says, as far as validation.ts lets it through. */
export const LIBRARY: Translations = {
  'Cannot query field {} on type {}': 'Der Typ {2} hat kein Feld {1}',
  'Unknown argument {} on field {}': 'Das Feld {2} hat kein Argument {1}',
  'Unknown argument {} on directive {}': 'Die Direktive {2} hat kein Argument {1}',
  'Unknown type {}': 'Es gibt keinen Typ {1}',
  'Unknown fragment {}': 'Es gibt kein Fragment {1}',
  'Unknown directive {}': 'Es gibt keine Direktive {1}',
  'Field {} argument {} of type {} is required, but it was not provided':
    'Das Feld {1} braucht das Argument {2} vom Typ {3}',
  'Field {} of required type {} was not provided': 'Das Feld {1} vom Typ {2} ist nötig und fehlt',
  'Field {} must not have a selection since type {} has no subfields':
    'Unter dem Feld {1} lässt sich nichts auswählen, denn der Typ {2} hat keine Felder',
  'Field {} of type {} must have a selection of subfields': 'Unter dem Feld {1} vom Typ {2} ist eine Auswahl nötig',
  'Variable {} is never used in operation {}': 'Die Variable {1} wird in der Operation {2} nicht benutzt',
  'Variable {} is never used': 'Die Variable {1} wird nicht benutzt',
  'Variable {} is not defined by operation {}': 'Die Variable {1} ist in der Operation {2} nicht erklärt',
  'Variable {} is not defined': 'Die Variable {1} ist nicht erklärt',
  'Variable {} of type {} used in position expecting type {}':
    'Die Variable {1} vom Typ {2} steht, wo der Typ {3} erwartet wird',
  'Fragment {} is never used': 'Das Fragment {1} wird nicht benutzt',
  'Cannot spread fragment {} within itself': 'Das Fragment {1} enthält sich selbst',
  'There can be only one {} named {}': 'Mehr als einmal genannt: {2}',
};
