/** The interpreter that an extension for Python has selected. Neither extension is needed. */

import * as vscode from "vscode";

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

/** What is used of the API of the Python Environments extension. */
interface EnvironmentsApi {
  getEnvironment(
    scope: vscode.Uri,
  ): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment: vscode.Event<unknown>;
}

/** What is used of the API of the Python extension. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource: vscode.Uri): { path: string };
    resolveEnvironment(environment: {
      path: string;
    }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** The interpreters of workspace folders, and an event when another is selected. */
export class PythonExtensions implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listened = new Set<string>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.subscriptions.push(
      vscode.extensions.onDidChange(() => {
        this.changed.fire();
      }),
    );
  }

  /** The selected interpreter; undefined when there is no such extension or nothing is selected. */
  async interpreterOf(folder: vscode.Uri): Promise<string | undefined> {
    return (await this.fromEnvironments(folder)) ?? (await this.fromPython(folder));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async fromEnvironments(folder: vscode.Uri): Promise<string | undefined> {
    const api = await this.activate<EnvironmentsApi>(ENVIRONMENTS);
    if (api === undefined) {
      return undefined;
    }
    this.listen(ENVIRONMENTS, api.onDidChangeEnvironment);
    return (await api.getEnvironment(folder))?.execInfo?.run?.executable;
  }

  private async fromPython(folder: vscode.Uri): Promise<string | undefined> {
    const api = await this.activate<PythonApi>(PYTHON);
    if (api === undefined) {
      return undefined;
    }
    this.listen(PYTHON, api.environments.onDidChangeActiveEnvironmentPath);
    const active = api.environments.getActiveEnvironmentPath(folder);
    return (await api.environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  }

  /** The exports of an extension; undefined when it is absent, switched off, or fails to start. */
  private async activate<Api>(id: string): Promise<Api | undefined> {
    const extension = vscode.extensions.getExtension<Api | null>(id);
    if (extension === undefined) {
      return undefined;
    }
    try {
      return (await extension.activate()) ?? undefined;
    } catch (error) {
      this.log.warn(`${id} did not start, its interpreter is not used: ${String(error)}`);
      return undefined;
    }
  }

  private listen(id: string, event: vscode.Event<unknown>): void {
    if (!this.listened.has(id)) {
      this.listened.add(id);
      this.subscriptions.push(
        event(() => {
          this.changed.fire();
        }),
      );
    }
  }
}
