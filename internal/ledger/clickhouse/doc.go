// Package clickhouse keeps the ledger in a ClickHouse server (tested with the engine 26.7),
// over its HTTP interface.
//
// ClickHouse has no transactions, so that some of what other stores promise is
// kept in another way, and some is not:
//
//   - Sums are views over the calls, and so agree with them at any time. They are
//     worked out when they are read, which takes longer than reading kept ones.
//   - A replay is found before it is written. Where two Collectors write the same
//     call at once, both count it as inserted, and the table makes one row of the
//     two: money is counted once, the numbers in Outcome twice.
//   - A write that fails, or is cancelled, may have stored its rows, some of its
//     months, or nothing. Writing again completes it.
//   - Which version of a call counts is decided by the clocks of the Collectors
//     that stored them: the last one of the highest origin.
//   - A write that began before a billing period was closed may still be booked in it.
//   - A write that began before the calls of a day expired may still store calls
//     of that day. Those that come when the day's sums are kept already count in
//     addition to them, and those that come while they are added up may be lost.
//
// Inserts wait until the server has written their data to the disk
// (fsync_after_insert).
package clickhouse
