// Asks DuckDB one thing and prints the rows as the sqlite3 shell would. Copied by run.sh beside the package it fetches.
import { DuckDBInstance, version } from "@duckdb/node-api";

const [file, sql] = process.argv.slice(2);
if (sql === "version") {
    console.log(version());
} else {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(sql);
    for (const row of result.getRows()) {
        console.log(row.join("|"));
    }
    connection.closeSync();
    instance.closeSync();
}
