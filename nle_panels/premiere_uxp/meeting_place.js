"use strict";

/** Where the panel leaves its port and token: `pickup install premiere` writes the path. */
module.exports = "";
