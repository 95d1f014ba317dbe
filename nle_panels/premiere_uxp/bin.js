"use strict";

/** @import { premierepro, FolderItem, Project, ProjectItem } from "@adobe/premierepro" */

const { Failure } = require("./failure.js");
const { ticksOf } = require("./ticks.js");
const { transact } = require("./transaction.js");

const IMPORT_MS = 30000; // ours: a long file on a slow disk
const LOOK_MS = 200;

/**
 * What is to lie in the bin: frames [first, first + frames) of a file, under a name that tells it from the others.
 *
 * @typedef {{ name: string, path: string, first: number, frames: number }} Wanted
 */

/**
 * Imports what is not in the bin yet, and sets in and out points. Premiere lays an item from the one to the other,
 * as they were before the transaction that lays it: hence this is done in one of its own.
 *
 * @param {premierepro} ppro
 * @param {string} name of the bin
 * @param {Wanted[]} wanted
 * @param {number} perFrame
 * @param {(ms: number) => Promise<void>} sleep
 */
async function stock(ppro, name, wanted, perFrame, sleep) {
  await makeBin(ppro, name);
  for (const one of wanted) {
    if (!(await named(ppro, name, one))) {
      await importInto(ppro, name, one, sleep);
    }
  }
  const items = await itemsIn(ppro, name, wanted);
  transact(await ppro.Project.getActiveProject(), "Pickup: prepare takes", (add) => {
    items.forEach((item, index) => {
      const { first, frames } = wanted[index];
      const [from, to] = [first, first + frames].map((at) => ppro.TickTime.createWithTicks(ticksOf(at, perFrame)));
      add(ppro.ClipProjectItem.cast(item).createSetInOutPointsAction(from, to));
    });
  });
}

/** @type {(ppro: premierepro, name: string) => Promise<{ project: Project, bin: FolderItem | null, item: ProjectItem | null }>} */
async function findBin(ppro, name) {
  const project = await ppro.Project.getActiveProject();
  const items = await (await project.getRootItem()).getItems();
  const item = items.find((one) => one.type === ppro.ProjectItem.TYPE_BIN && one.name === name) ?? null;
  return { project, item, bin: item && ppro.FolderItem.cast(item) };
}

/** @type {(ppro: premierepro, name: string) => Promise<void>} */
async function makeBin(ppro, name) {
  const { project, bin } = await findBin(ppro, name);
  if (!bin) {
    const root = await project.getRootItem();
    transact(project, `Pickup: bin "${name}"`, (add) => add(root.createBinAction(name, false)));
  }
}

/**
 * The items of `wanted`, in its order; good until the next transaction.
 *
 * @type {(ppro: premierepro, name: string, wanted: Wanted[]) => Promise<ProjectItem[]>}
 */
async function itemsIn(ppro, name, wanted) {
  const found = await Promise.all(wanted.map((one) => named(ppro, name, one)));
  return found.map((item, index) => {
    if (!item) {
      throw new Failure("failed", `"${wanted[index].name}" has vanished from the bin "${name}"`);
    }
    return item;
  });
}

/** @type {(ppro: premierepro, name: string, one: Wanted) => Promise<ProjectItem | null>} */
async function named(ppro, name, one) {
  for (const item of await clipsIn(ppro, name)) {
    const path = await ppro.ClipProjectItem.cast(item).getMediaFilePath();
    if (item.name === one.name && same(path, one.path)) {
      return item;
    }
  }
  return null;
}

/** @type {(ppro: premierepro, name: string) => Promise<ProjectItem[]>} */
async function clipsIn(ppro, name) {
  const { bin } = await findBin(ppro, name);
  const items = bin ? await bin.getItems() : [];
  return items.filter((item) => item.type === ppro.ProjectItem.TYPE_CLIP);
}

/**
 * `importFiles` answers true before the item is there, so it is waited for; a second item of the same file is
 * told by its id.
 *
 * @type {(ppro: premierepro, name: string, one: Wanted, sleep: (ms: number) => Promise<void>) => Promise<void>}
 */
async function importInto(ppro, name, one, sleep) {
  const before = new Set((await clipsIn(ppro, name)).map((item) => item.getId()));
  const { project, item } = await findBin(ppro, name);
  if (!(await project.importFiles([one.path], true, item ?? undefined, false))) {
    throw new Failure("failed", `Premiere does not import ${one.path}`);
  }
  for (let waited = 0; waited <= IMPORT_MS; waited += LOOK_MS) {
    for (const come of await clipsIn(ppro, name)) {
      const path = await ppro.ClipProjectItem.cast(come).getMediaFilePath();
      if (!before.has(come.getId()) && same(path, one.path)) {
        const now = await ppro.Project.getActiveProject();
        transact(now, `Pickup: name ${one.name}`, (add) => add(come.createSetNameAction(one.name)));
        return;
      }
    }
    await sleep(LOOK_MS);
  }
  throw new Failure("failed", `Premiere said that it imported ${one.path}, and it is in no bin called "${name}"`);
}

/**
 * Windows gives a path back with other slashes and in another case.
 *
 * @type {(one: string, other: string) => boolean}
 */
function same(one, other) {
  const [plain, given] = [one, other].map((path) => path.replace(/\\/g, "/"));
  return plain === given || (/^[a-z]:/i.test(given) && plain.toLowerCase() === given.toLowerCase());
}

module.exports = { itemsIn, stock };
