// Runs queries of standard input in DuckDB, one a line, and answers each with its rows as one line of JSON. Values are text,
// so that decimals stay as they are.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const query of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const reader = await connection.runAndReadAll(query);
  console.log(JSON.stringify(reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))))));
}
