/** Speaks to `tsc --lsp --stdio`, the language server that an editor starts. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { tscPath } from "./tsc.ts";

interface Position {
  /** From 0. */
  readonly line: number;
  readonly character: number;
}

/** A change of a text, as the protocol writes it. */
export interface Edit {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly newText: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly items?: readonly { readonly section?: string }[] };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Location {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

interface Completion {
  readonly items: readonly { readonly label: string }[];
}

interface WorkspaceEdit {
  readonly changes?: Readonly<Record<string, readonly Edit[]>>;
  readonly documentChanges?: readonly {
    readonly textDocument: { readonly uri: string };
    readonly edits: readonly Edit[];
  }[];
}

/** A place in a file. */
export interface Place {
  readonly file: string;
  readonly start: Position;
}

export interface LanguageServer {
  /** What an editor shows of what stands at an offset. */
  hover(file: string, offset: number): Promise<string>;
  /** The names that an editor offers at an offset. */
  completion(file: string, offset: number): Promise<readonly string[]>;
  definition(file: string, offset: number): Promise<readonly Place[]>;
  references(file: string, offset: number): Promise<readonly Place[]>;
  /** Types: the file has another text from now on, which is not saved. */
  edit(file: string, text: string): Promise<void>;
  /** Renames what stands at an offset of a file. Gives the edits of each file, by path. */
  rename(file: string, offset: number, newName: string): Promise<ReadonlyMap<string, readonly Edit[]>>;
  stop(): Promise<void>;
}

/** Starts the server over a folder. `settings` are those of the editor's `js/ts` section. */
export async function languageServer(root: string, settings: object | null = null): Promise<LanguageServer> {
  // What it writes to stderr is a log: "context canceled" when it is asked to stop.
  const server = spawn(tscPath, ["--lsp", "--stdio"], { cwd: root, stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<number, (message: Message) => void>();
  const opened = new Map<string, { readonly version: number; readonly text: string }>();
  const rootUri = pathToFileURL(root).href;
  let last = 0;

  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const request = (method: string, params: object): Promise<Message> =>
    new Promise((done) => {
      last += 1;
      waiting.set(last, done);
      send({ id: last, method, params });
    });
  const receive = (message: Message): void => {
    if (message.id === undefined) return;
    if (message.method === undefined) waiting.get(message.id)?.(message);
    else {
      const answers = message.params?.items?.map(({ section }) => (section === "js/ts" ? settings : null));
      send({ id: message.id, result: answers ?? null });
    }
  };
  readMessages(server.stdout, receive);

  const open = async (file: string): Promise<{ readonly version: number; readonly text: string }> => {
    const known = opened.get(file);
    if (known) return known;
    const document = { version: 1, text: await readFile(file, "utf8") };
    const uri = pathToFileURL(file).href;
    send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "typescript", ...document } } });
    opened.set(file, document);
    return document;
  };

  const capabilities = {
    workspace: { configuration: settings !== null, workspaceEdit: { documentChanges: true } },
    textDocument: { rename: {}, hover: { contentFormat: ["markdown"] }, completion: {} },
  };
  const workspaceFolders = [{ uri: rootUri, name: "project" }];
  await request("initialize", { processId: process.pid, rootUri, workspaceFolders, capabilities });
  send({ method: "initialized", params: {} });

  const ask = async <T>(method: string, file: string, offset: number, more: object = {}): Promise<T> => {
    const position = positionAt((await open(file)).text, offset);
    const textDocument = { uri: pathToFileURL(file).href };
    const { result, error } = await request(`textDocument/${method}`, { textDocument, position, ...more });
    if (error) throw new Error(error.message);
    return result as T;
  };
  const places = async (method: string, file: string, offset: number, more?: object): Promise<readonly Place[]> => {
    const found = await ask<readonly Location[] | Location | null>(method, file, offset, more);
    const all = Array.isArray(found) ? found : found ? [found as Location] : [];
    return all.map(({ uri, range }) => ({ file: fileURLToPath(uri), start: range.start }));
  };

  return {
    async hover(file, offset) {
      const hover = await ask<{ readonly contents: { readonly value: string } } | null>("hover", file, offset);
      return hover?.contents.value ?? "";
    },
    async completion(file, offset) {
      const list = await ask<Completion | Completion["items"] | null>("completion", file, offset);
      const items = list && "items" in list ? list.items : (list ?? []);
      return items.map(({ label }) => label);
    },
    definition: (file, offset) => places("definition", file, offset),
    references: (file, offset) => places("references", file, offset, { context: { includeDeclaration: true } }),
    async edit(file, text) {
      const version = (await open(file)).version + 1;
      const textDocument = { uri: pathToFileURL(file).href, version };
      send({ method: "textDocument/didChange", params: { textDocument, contentChanges: [{ text }] } });
      opened.set(file, { version, text });
    },
    async rename(file, offset, newName) {
      return editsOf(await ask<WorkspaceEdit | null>("rename", file, offset, { newName }));
    },
    async stop() {
      await request("shutdown", {});
      send({ method: "exit" });
      server.stdin.end();
    },
  };
}

function readMessages(stream: NodeJS.ReadableStream, receive: (message: Message) => void): void {
  let buffer = Buffer.alloc(0);
  stream.on("data", (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const head = buffer.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, Math.max(head, 0)).toString())?.[1]);
      const end = head + 4 + length;
      if (head < 0 || buffer.length < end) return;
      receive(JSON.parse(buffer.subarray(head + 4, end).toString()) as Message);
      buffer = buffer.subarray(end);
    }
  });
}

function editsOf(edit: WorkspaceEdit | null): ReadonlyMap<string, readonly Edit[]> {
  const changes = edit?.documentChanges?.map((d): [string, readonly Edit[]] => [d.textDocument.uri, d.edits]);
  return new Map((changes ?? Object.entries(edit?.changes ?? {})).map(([uri, edits]) => [fileURLToPath(uri), edits]));
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** The text after the edits. */
export function edited(text: string, edits: readonly Edit[]): string {
  const lines = text.split("\n");
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, character);
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((t, { range, newText }) => t.slice(0, offset(range.start)) + newText + t.slice(offset(range.end)), text);
}
