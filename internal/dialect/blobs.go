package dialect

// blobsOf scans the JSON of a call for what its attributes do not tell. The
// tables that fit stand with the keys; content is read only if asked for.
func (r *Reader) blobsOf(rd *record) {
	if r.blobs == BlobsOff {
		return
	}
	for t := usageJSON; t < numTexts; t++ {
		if rd.hasText&(1<<t) == 0 || t == contentJSON && r.blobs != BlobsContent {
			continue
		}
		rd.scan(rd.str[t], rd.blob[t-usageJSON])
	}
}
