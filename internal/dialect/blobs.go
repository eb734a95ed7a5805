package dialect

import (
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// blobsOf scans the JSON of a call for what its attributes do not tell. The
// tables that fit stand with the keys; content is read only if asked for.
func (r *Reader) blobsOf(rd *record) {
	if r.blobs == BlobsOff {
		return
	}
	const blobs = 1<<contentJSON - 1<<usageJSON
	for found := rd.hasText & blobs; found != 0; found &= found - 1 {
		t := bits.TrailingZeros64(found)
		rd.scan(rd.str[t], rd.blob[t-int(usageJSON)])
	}
}

// contentOf scans a recorded response body, if that is asked for. What it
// means depends on whose it is.
func (r *Reader) contentOf(rd *record, f family) {
	if r.blobs != BlobsContent || rd.hasText&(1<<contentJSON) == 0 {
		return
	}
	table := rd.blob[contentJSON-usageJSON]
	if table == responseBody {
		switch f {
		case anthropic:
			table = anthropicBody
		case bedrock:
			table = bedrockBody
		case google:
			table = googleBody
		default:
			table = openAIBody
		}
	}
	rd.scan(rd.str[contentJSON], table)
}

// other takes a number under a name that the table leaves to its node.
func (rd *record) other(n *node, name string, v int64, how reading) {
	switch how {
	case valid:
		n.other(rd, name, v)
	case negative:
		rd.below = true
	}
}

// walk reads a value that is a map where others have JSON. Such maps are read
// as they come: no copy is made and nothing is kept but numbers and words.
func (rd *record) walk(v pcommon.Value, n *node, depth int) {
	if depth > maxDepth {
		return
	}
	if v.Type() == pcommon.ValueTypeMap {
		for name, x := range v.Map().All() {
			if child := n.find(name); child != nil {
				rd.walk(x, child, depth+1)
			} else if n.other != nil {
				c, how := toCount(x)
				rd.other(n, name, c, how)
			}
		}
		return
	}
	if n.row == nil {
		return
	}
	switch {
	case n.row.unit != 0:
		if v.Type() == pcommon.ValueTypeDouble {
			rd.putCost(n.row.unit, jsonRank, v.Double())
		}
	case n.row.isStr:
		if v.Type() == pcommon.ValueTypeStr && rd.putText(n.row.str, jsonRank, v.Str()) {
			rd.told |= n.row.tells
		}
	default:
		c, how := toCount(v)
		rd.fill(n.row.num, c, how)
		if how == valid {
			rd.told |= n.row.tells
		}
	}
}
