"""Advanced Authoring Format files of Avid, Premiere and Resolve, which are only read."""
