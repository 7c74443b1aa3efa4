/** The text of an issue, with the versions that whoever reads it will ask for. */

export interface Versions {
  readonly extension: string;
  readonly editor: string;
  readonly system: string;
  /** One line per workspace folder: what runs there, or why nothing does. */
  readonly servers: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The issue as Markdown, for the user to complete. */
export function issueText(versions: Versions): string {
  const servers = versions.servers.length > 0 ? versions.servers : ["no dbt project is open"];
  return [
    "## What happened",
    "",
    "## What I expected",
    "",
    "## The model, cut down to what shows it",
    "",
    "```python",
    "```",
    "",
    "## Versions",
    "",
    `- extension ${versions.extension}`,
    `- VS Code ${versions.editor}`,
    `- ${versions.system}`,
    ...servers.map((line) => `- ${line}`),
    `- settings ${JSON.stringify(versions.settings)}`,
    "",
  ].join("\n");
}
