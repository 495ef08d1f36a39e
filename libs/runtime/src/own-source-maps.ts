/**
 * For `node --import`: errors name the lines of our own sources. `--enable-source-maps` would keep the maps of all packages
 * too, which is 10 to 14 MB of each process.
 */
import { setSourceMapsSupport } from 'node:module';

setSourceMapsSupport(true, { nodeModules: false });
