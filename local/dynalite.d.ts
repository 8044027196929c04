/** The part of dynalite that is used here. The package has no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  type Options = {
    /** The directory for LevelDB; without it, data is in memory. */
    path?: string;
    /** How long a table stays in CREATING. */
    createTableMs?: number;
  };

  function dynalite(options?: Options): Server;
  export = dynalite;
}
