"use strict";

/** @import { Action, Project } from "@adobe/premierepro" */

const { Failure } = require("./failure.js");

/**
 * One step of Premiere's undo.
 *
 * Since 26.3 an action that is made outside of the lock is refused, so `build` makes them, in here. It may not
 * wait. What it throws is caught inside the lock: an error that leaves the lock leaves the project locked.
 *
 * @param {Project} project
 * @param {string} label
 * @param {(add: (action: Action) => void) => void} build
 */
function transact(project, label, build) {
  let done = false;
  /** @type {unknown} */
  let trouble = null;
  project.lockedAccess(() => {
    try {
      done = project.executeTransaction((compound) => {
        build((action) => {
          if (compound.addAction(action) === false) {
            throw new Failure("failed", `Premiere refuses a part of "${label}"`);
          }
        });
      }, label);
    } catch (error) {
      trouble = error;
    }
  });
  if (trouble instanceof Failure) {
    throw trouble;
  }
  if (trouble || !done) {
    throw new Failure("failed", `Premiere did not do "${label}": ${trouble ?? "it says only that it failed"}`);
  }
}

module.exports = { transact };
