package clickhouse

// Check tells what is wrong with a DSN, without connecting.
func Check(dsn string) error {
	_, err := newClient(dsn)
	return err
}
