/**
 * Every sentence that a problem can say, read from the source itself: what is given to `problem`, to `detail`, to zod, and
 * to helpers that pass it on, followed through variables, parameters, branches and what functions return. A hole of a
 * template is written `{}`; words that may fill it are sentences of their own.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { OPERATIONS } from '../../src/contract/operations.ts';

const OPERATION_IDS = new Set<string>(OPERATIONS.map(({ id }) => id));
const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
/** What speaks to callers. Everything else speaks to operators or to the log. */
const SPEAKING = ['domain', 'usecases', 'contract', 'handlers', 'auth', 'rest', 'graphql', 'delivery'];
/** Says what others say, as an example. */
const EXAMPLES = 'contract/problem-examples.ts';
/** Folders in which `message` and `error` are zod's. */
const ZOD = ['domain', 'contract'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && SPEAKING.includes(name.split('/')[0]!) && name !== EXAMPLES)
  .map((name) => join(SRC, name));

/** Our own files alone: what a library says is not ours to translate. */
function ownProgram(): ts.Program {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ESNext,
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => ({
      resolvedModule: text.startsWith('.')
        ? { resolvedFileName: join(from, '..', text), extension: '.ts', isExternalLibraryImport: false }
        : undefined,
    }));
  return ts.createProgram(files, options, host);
}

const program = ownProgram();
const checker = program.getTypeChecker();
const sources = program.getSourceFiles().filter(({ fileName }) => files.includes(fileName));

type Callable = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.ConstructorDeclaration;
type Call = ts.CallExpression | ts.NewExpression;

const isCallable = (node: ts.Node | undefined): node is Callable =>
  node !== undefined &&
  (ts.isFunctionDeclaration(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isConstructorDeclaration(node));

function everyNode(root: ts.Node, see: (node: ts.Node) => void): void {
  see(root);
  root.forEachChild((child) => everyNode(child, see));
}

function declarationOf(node: ts.Node): ts.Declaration | undefined {
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
}

const namedFunctions = new Map<string, Callable>();
for (const source of sources) {
  source.forEachChild((node) => {
    if (ts.isFunctionDeclaration(node) && node.name) namedFunctions.set(node.name.text, node);
  });
}

function calleeOf(call: Call): Callable | undefined {
  const declared = declarationOf(
    ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression,
  );
  if (isCallable(declared)) return declared;
  if (declared && ts.isVariableDeclaration(declared) && isCallable(declared.initializer)) return declared.initializer;
  if (declared && ts.isClassDeclaration(declared)) return declared.members.find(ts.isConstructorDeclaration);
  // A method of a port: the function that has its name.
  if (declared && ts.isMethodSignature(declared)) return namedFunctions.get(declared.name.getText());
  return undefined;
}

const callsOf = new Map<Callable, Call[]>();
for (const source of sources) {
  everyNode(source, (node) => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const callee = calleeOf(node);
    if (callee) callsOf.set(callee, [...(callsOf.get(callee) ?? []), node]);
  });
}

const found = new Map<string, string>();
const under = new Set<ts.Node>();

/** What an expression may say; empty where the source does not tell. */
function said(node: ts.Node | undefined): string[] {
  if (!node || under.has(node)) return [];
  under.add(node);
  try {
    return saidBy(node);
  } finally {
    under.delete(node);
  }
}

function saidBy(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    for (const { expression } of node.templateSpans) note(said(expression), expression);
    return [node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('')];
  }
  if (ts.isConditionalExpression(node)) return [...said(node.whenTrue), ...said(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return saidByBinary(node);
  if (ts.isIdentifier(node)) return saidByName(node);
  if (ts.isCallExpression(node)) return saidByCall(node);
  if (isCallable(node)) return returnsOf(node).flatMap(said);
  if (ts.isElementAccessExpression(node)) return membersOf(node.expression).flatMap(said);
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(said);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) {
    return said(node.expression);
  }
  return [];
}

/** Of a method that is not ours what the functions given to it say; of `reduce` also where it starts. */
function saidByCall(node: ts.CallExpression): string[] {
  const callee = calleeOf(node);
  if (callee) return returnsOf(callee).flatMap(said);
  const starts = ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'reduce';
  return node.arguments.filter((argument) => starts || isCallable(argument)).flatMap(said);
}

function saidByBinary({ left, right, operatorToken: { kind } }: ts.BinaryExpression): string[] {
  if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken) {
    return [...said(left), ...said(right)];
  }
  if (kind !== ts.SyntaxKind.PlusToken) return [];
  const text = (part: ts.Expression) => (ts.isStringLiteralLike(part) ? part.text : '{}');
  return [text(left) + text(right)];
}

function saidByName(node: ts.Identifier): string[] {
  const declared = declarationOf(node);
  if (!declared) return [];
  if (ts.isVariableDeclaration(declared) || ts.isBindingElement(declared)) return said(declared.initializer);
  if (isCallable(declared)) return said(declared);
  if (!ts.isParameter(declared) || !isCallable(declared.parent)) return [];
  const place = declared.parent.parameters.indexOf(declared);
  return (callsOf.get(declared.parent) ?? []).flatMap((call) => said(call.arguments?.[place]));
}

/** The values of an object that is written out. */
function membersOf(node: ts.Expression): ts.Expression[] {
  const declared = ts.isObjectLiteralExpression(node) ? undefined : declarationOf(node);
  const value = declared && ts.isVariableDeclaration(declared) ? declared.initializer : node;
  if (!value || !ts.isObjectLiteralExpression(value)) return [];
  return value.properties.filter(ts.isPropertyAssignment).map(({ initializer }) => initializer);
}

function returnsOf(callable: Callable | undefined): ts.Expression[] {
  if (!callable?.body) return [];
  if (!ts.isBlock(callable.body)) return [callable.body];
  const returned: ts.Expression[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) returned.push(node.expression);
    if (!isCallable(node)) node.forEachChild(look);
  };
  callable.body.forEachChild(look);
  return returned;
}

const IS_SENTENCE = /[a-z]{2}/;

function note(sentences: readonly string[], at: ts.Node): void {
  const source = at.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(at.getStart()).line + 1;
  for (const sentence of sentences) {
    const words = sentence.replaceAll('{}', '');
    if (IS_SENTENCE.test(words) && !found.has(sentence))
      found.set(sentence, `${source.fileName.slice(SRC.length)}:${line}`);
  }
}

const ZOD_METHODS = new Set([
  'min',
  'max',
  'length',
  'regex',
  'refine',
  'check',
  'enum',
  'literal',
  'union',
  'multipleOf',
]);

function lookAt(node: ts.Node, inZod: boolean): void {
  if (ts.isPropertyAssignment(node)) {
    const name = node.name.getText();
    if (name === 'detail' || (inZod && (name === 'message' || name === 'error'))) note(said(node.initializer), node);
  } else if (
    ts.isShorthandPropertyAssignment(node) &&
    (node.name.text === 'detail' || (inZod && node.name.text === 'message'))
  ) {
    const symbol = checker.getShorthandAssignmentValueSymbol(node);
    const declared = symbol?.valueDeclaration;
    if (declared && ts.isVariableDeclaration(declared)) note(said(declared.initializer), node);
  } else if (ts.isYieldExpression(node) && node.expression && ts.isArrayLiteralExpression(node.expression)) {
    note(node.expression.elements.slice(1).flatMap(said), node);
  } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    lookAtCall(node, inZod);
  }
}

function lookAtCall(call: Call, inZod: boolean): void {
  const callee = calleeOf(call);
  callee?.parameters.forEach((parameter, place) => {
    if (parameter.name.getText() === 'detail') note(said(call.arguments?.[place]), call);
  });
  if (!inZod || !ts.isPropertyAccessExpression(call.expression) || !ZOD_METHODS.has(call.expression.name.text)) return;
  for (const [place, argument] of (call.arguments ?? []).entries()) {
    if (ts.isSpreadElement(argument)) note(said(argument.expression), call);
    else if (place > 0) note(said(argument), call);
  }
}

/** Each with the place where it stands, as `folder/file.ts:line`. */
export function sentencesOfTheSource(): ReadonlyMap<string, string> {
  for (const source of sources) {
    const inZod = ZOD.includes(source.fileName.slice(SRC.length).split('/')[0]!);
    everyNode(source, (node) => lookAt(node, inZod));
  }
  return found;
}

const patterns = (): RegExp[] =>
  [...sentencesOfTheSource().keys()].map((sentence) => {
    const parts = sentence.split('{}').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*?')}$`, 's');
  });

/** Whether the source can say this. */
export const isSaid = (sentence: string): boolean => patterns().some((pattern) => pattern.test(sentence));

/** The codes of the problems that a part of the source makes, itself and by all that it calls. */
function codesBelow(root: ts.Node, seen: Set<ts.Node>): Set<string> {
  const codes = new Set<string>();
  const follow = (declared: ts.Node | undefined): void => {
    if (!declared || seen.has(declared)) return;
    seen.add(declared);
    everyNode(declared, look);
  };
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'problem') {
      const [code] = node.arguments;
      if (code && ts.isStringLiteral(code)) codes.add(code.text);
    }
    if (!ts.isIdentifier(node)) return;
    const declared = declarationOf(node);
    if (declared && (ts.isVariableDeclaration(declared) || isCallable(declared))) follow(declared);
    else if (declared && ts.isMethodSignature(declared)) follow(namedFunctions.get(declared.name.getText()));
  };
  everyNode(root, look);
  return codes;
}

const everything = new Set(sources.flatMap((source) => [...codesBelow(source, new Set())]));

/** Whether anything makes a problem of that code. */
export const isUsed = (code: string): boolean => everything.has(code);

/** What each handler may answer, by the id of its operation. */
export function codesOfHandlers(): ReadonlyMap<string, ReadonlySet<string>> {
  const handlers = new Map<string, ReadonlySet<string>>();
  for (const source of sources.filter(({ fileName }) => fileName.startsWith(`${SRC}handlers/`))) {
    everyNode(source, (node) => {
      if (!ts.isPropertyAssignment(node) || !OPERATION_IDS.has(node.name.getText())) return;
      handlers.set(node.name.getText(), codesBelow(node.initializer, new Set()));
    });
  }
  return handlers;
}
