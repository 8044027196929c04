/** The part of dynalite that is used here; it brings no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  type Options = {
    /** A directory for LevelDB; in memory without it. */
    path?: string;
    /** How long a table stays in CREATING. */
    createTableMs?: number;
  };

  function dynalite(options?: Options): Server;
  export = dynalite;
}
