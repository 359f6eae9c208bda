package runfile

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
)

// v2Header is the head of an inflated HdrHistogram V2 encoding, big-endian.
type v2Header struct {
	Cookie, PayloadLength, NormalizingIndexOffset, Digits int32
	Lowest, Highest                                       int64
	ConversionRatio                                       float64
}

// checkGeometry reads no more than the header of an encoded histogram.
func checkGeometry(s string, digits int) error {
	raw := base64.NewDecoder(base64.StdEncoding, bytes.NewReader([]byte(s)))
	var outer [8]byte // cookie and compressed length
	if _, err := io.ReadFull(raw, outer[:]); err != nil {
		return errors.New("the histogram is cut off")
	}
	inflated, err := zlib.NewReader(raw)
	if err != nil {
		return err
	}
	defer inflated.Close()
	var h v2Header
	if err := binary.Read(inflated, binary.BigEndian, &h); err != nil {
		return errors.New("the histogram is cut off")
	}
	if h.Digits != int32(digits) || h.Lowest != lowestTrackable || h.Highest != HighestTrackable {
		return errGeometry
	}
	return nil
}
