/** Where servers run: one for a workspace folder, or one for each of its projects. */

import { firstExecutable } from "../environment/executables";
import { interpretersIn, isInside } from "../environment/programs";
import type { Project } from "../projects/project";

/**
 * The folders of a workspace folder that get a server of their own.
 *
 * That is the workspace folder itself, unless one of several projects has an environment of its
 * own, so that they may need different servers. Projects inside of each other stay together: the
 * server of the outer one looks at the inner one, too.
 */
export async function serverPlaces(
  folder: string,
  projects: readonly Project[],
  platform: NodeJS.Platform,
): Promise<string[]> {
  const folders = projects.map((project) => project.folder);
  const apart = folders.length > 1 && !folders.some((item) => isInside(item, folders));
  if (!apart) {
    return [folder];
  }
  const environments = await Promise.all(
    folders.map((item) => firstExecutable(interpretersIn(item, platform))),
  );
  return environments.some((item) => item !== undefined) ? folders : [folder];
}
