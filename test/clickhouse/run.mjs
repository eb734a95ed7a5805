// Runs SQL in ClickHouse's engine: schema, rows (JSON, one a line) and views from files, then each query of standard input,
// one a line, whose rows are answered as one line of JSON.
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';

const [schema, rows, views, directory] = process.argv.slice(2);
const session = new Session(directory);
const statements = (file) => readFileSync(file, 'utf8').replace(/--.*$/gm, '').split(';').map((s) => s.trim()).filter(Boolean);

session.query('CREATE DATABASE otel ENGINE = Atomic');
session.query('USE otel');
for (const statement of statements(schema)) session.query(statement);
session.query(`INSERT INTO otel_traces SELECT * FROM file('${rows}', JSONEachRow)`);
for (const statement of statements(views)) session.query(statement);
for (const query of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const answer = session.query(`${query} SETTINGS output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 0`, 'JSONCompact');
  console.log(JSON.stringify(JSON.parse(answer).data));
}
session.cleanup();
