package runfile

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"sync"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The first words of HdrHistogram V2: that of the compressed part, and that of its wrapper. 0x10 says that counts are varints.
const (
	v2Cookie           = int32(0x1c849303 | 0x10)
	v2CompressedCookie = hdrhistogram.V2CompressedEncodingCookieBase | 0x10
)

// deflaters are kept because one takes 1.2 MB, and a run encodes thousands of histograms of a few hundred bytes.
var deflaters = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, zlib.BestCompression)
	return w
}}

// encode writes a histogram that is not empty in HdrHistogram V2, compressed, as base64. The bytes are those of the library's
// Encode, which makes a deflater each time.
func encode(h *hdrhistogram.PackedHistogram) string {
	counts := countsV2(h)
	out := bytes.NewBuffer(make([]byte, 8, 512)) // cookie and length, filled in at the end
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	w.Reset(out)
	head := v2Header{
		Cookie: v2Cookie, PayloadLength: int32(len(counts)), Digits: int32(h.SignificantFigures()),
		Lowest: h.LowestTrackableValue(), Highest: h.HighestTrackableValue(), ConversionRatio: 1,
	}
	// Nothing that is written to memory fails.
	_ = binary.Write(w, binary.BigEndian, head)
	_, _ = w.Write(counts)
	_ = w.Close()
	b := out.Bytes()
	binary.BigEndian.PutUint32(b, uint32(v2CompressedCookie))
	binary.BigEndian.PutUint32(b[4:], uint32(len(b)-8))
	return base64.StdEncoding.EncodeToString(b)
}

// countsV2 writes the counts up to the last that is not 0: each as a zigzag varint, and two or more zeros as how many, negative.
func countsV2(h *hdrhistogram.PackedHistogram) []byte {
	var b []byte
	digits, next := h.SignificantFigures(), 0
	for value, n := range h.ForEachBucket {
		index := indexOf(value, digits)
		switch zeros := index - next; {
		case zeros == 1:
			b = append(b, 0)
		case zeros > 1:
			b = appendZigzag(b, -int64(zeros))
		}
		b = appendZigzag(b, n)
		next = index + 1
	}
	return b
}

// appendZigzag appends n as LEB128, of which a ninth byte is the last and holds eight bits.
func appendZigzag(b []byte, n int64) []byte {
	v := uint64(n<<1) ^ uint64(n>>63)
	for i := 0; i < 8 && v >= 0x80; i++ {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
