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
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface WorkspaceEdit {
  readonly changes?: Readonly<Record<string, readonly Edit[]>>;
  readonly documentChanges?: readonly {
    readonly textDocument: { readonly uri: string };
    readonly edits: readonly Edit[];
  }[];
}

export interface LanguageServer {
  /** Renames what stands at an offset of a file. Gives the edits of each file, by path. */
  rename(file: string, offset: number, newName: string): Promise<ReadonlyMap<string, readonly Edit[]>>;
  stop(): Promise<void>;
}

/** Starts the server over a folder. */
export async function languageServer(root: string): Promise<LanguageServer> {
  // What it writes to stderr is a log: "context canceled" when it is asked to stop.
  const server = spawn(tscPath, ["--lsp", "--stdio"], { cwd: root, stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<number, (message: Message) => void>();
  const opened = new Set<string>();
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
    else send({ id: message.id, result: message.params?.items?.map(() => null) ?? null });
  };
  readMessages(server.stdout, receive);

  const open = async (file: string): Promise<string> => {
    const text = await readFile(file, "utf8");
    const uri = pathToFileURL(file).href;
    if (!opened.has(file)) {
      send({
        method: "textDocument/didOpen",
        params: { textDocument: { uri, languageId: "typescript", version: 1, text } },
      });
      opened.add(file);
    }
    return text;
  };

  const capabilities = { workspace: { workspaceEdit: { documentChanges: true } }, textDocument: { rename: {} } };
  const workspaceFolders = [{ uri: rootUri, name: "project" }];
  await request("initialize", { processId: process.pid, rootUri, workspaceFolders, capabilities });
  send({ method: "initialized", params: {} });

  return {
    async rename(file, offset, newName) {
      const position = positionAt(await open(file), offset);
      const textDocument = { uri: pathToFileURL(file).href };
      const { result, error } = await request("textDocument/rename", { textDocument, position, newName });
      if (error) throw new Error(error.message);
      return editsOf(result as WorkspaceEdit | null);
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
