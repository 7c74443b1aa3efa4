import { describe, expect, it } from "vitest";

import { concernsServer } from "../../../src/server/fileEvents";

describe("concernsServer", () => {
  const workspace = ["/work/flights", "/work/both"];
  const concerns = (file: string, folder: string) => concernsServer(file, folder, workspace);

  it("lets a server hear of the files in its folder", () => {
    expect(concerns("/work/flights/models/late.py", "/work/flights")).toBe(true);
    expect(concerns("/work/both/north/dbt_project.yml", "/work/both/north")).toBe(true);
  });

  it("keeps the files of other folders and of other projects from it", () => {
    expect(concerns("/work/flights/models/late.py", "/work/both/north")).toBe(false);
    expect(concerns("/work/flights/dbt_project.yml", "/work/both/north")).toBe(false);
    expect(concerns("/work/both/south/models/south.py", "/work/both/north")).toBe(false);
    expect(concerns("/work/flights-2/models/late.py", "/work/flights")).toBe(true); // nobody's
  });

  it("lets every server hear of profiles, wherever they are", () => {
    expect(concerns("/home/me/.dbt/profiles.yml", "/work/flights")).toBe(true);
    expect(concerns("/work/both/profiles.yml", "/work/flights")).toBe(true);
  });
});
