// Serves ClickHouse's HTTP interface, as far as the ledger uses it, from ClickHouse's engine in this process: the statement
// is the query parameter followed by the body. Prints its port, and ends when its standard input does.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [packages, directory] = process.argv.slice(2);
const { Session } = createRequire(packages)('chdb');
const session = new Session(directory);

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const url = new URL(request.url, 'http://localhost');
    if (request.headers['x-clickhouse-key'] !== 'secret-of-tests') {
      response.writeHead(403, { 'X-ClickHouse-Exception-Code': '516' });
      response.end('Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)\n');
      return;
    }
    try {
      session.query(`USE ${url.searchParams.get('database')}`);
      const statement = `${url.searchParams.get('query') ?? ''}\n${Buffer.concat(parts).toString('utf8')}`.trim();
      response.end(session.query(statement, 'TabSeparated'));
    } catch (error) {
      const code = /Code: (\d+)/.exec(error.message)?.[1] ?? '1002';
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
      response.end(error.message);
    }
  });
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
process.stdin.on('end', () => { session.cleanup(); process.exit(0); }).resume();
