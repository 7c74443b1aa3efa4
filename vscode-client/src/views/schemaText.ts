/** The words of the schema view; no I/O and nothing of VS Code. */

import type { Column, Origin } from "../protocol/schemas";

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** How long ago something was read; undefined when it is not known. */
export function age(fetchedAt: Origin["fetchedAt"], now: number): string | undefined {
  const then = typeof fetchedAt === "number" ? fetchedAt * 1000 : Date.parse(fetchedAt ?? "");
  if (Number.isNaN(then)) {
    return undefined;
  }
  const seconds = Math.max(0, (now - then) / 1000);
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length);
    if (count > 0) {
      return `${count} ${unit}${count > 1 ? "s" : ""} ago`;
    }
  }
  return "just now";
}

/** The line beside a relation: how many columns, from where, how old. */
export function summary(
  columns: readonly Column[] | null | undefined,
  origin: Origin,
  now: number,
): string {
  const count =
    columns === null || columns === undefined
      ? "columns not known"
      : `${columns.length} column${columns.length === 1 ? "" : "s"}`;
  const parts = [
    count,
    origin.provenance,
    age(origin.fetchedAt, now),
    origin.stale === true ? "stale" : undefined,
  ];
  return parts.filter((part) => typeof part === "string" && part !== "").join(" · ");
}

/** A column's name as it is written at a place: bare inside of a string, else as a string. */
export function columnAt(before: string, name: string): string {
  return insideString(before) ? name : JSON.stringify(name);
}

function insideString(before: string): boolean {
  let quote: string | undefined;
  for (let index = 0; index < before.length; index += 1) {
    const character = before.charAt(index);
    if (quote !== undefined && character === "\\") {
      index += 1;
    } else if (quote !== undefined) {
      quote = character === quote ? undefined : quote;
    } else if (character === "#") {
      return false;
    } else if (character === '"' || character === "'") {
      quote = character;
    }
  }
  return quote !== undefined;
}
