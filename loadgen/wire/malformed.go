package wire

// Malformed is an answer that breaks HTTP/1.1, or one of the bounds on what a server may send. Its text is one of few,
// so that failures can be counted by it; nothing that the server sent is in it.
type Malformed string

func (m Malformed) Error() string { return string(m) }

// Truncated is an answer whose connection was closed before its end. Its text says where.
type Truncated string

func (t Truncated) Error() string { return string(t) }

// The failures as values of the type error: making one of a constant where it is returned allocates nothing either, but
// is easily lost when a constant becomes a variable.
var (
	errStatusLine    error = Malformed("the answer does not begin with an HTTP status line")
	errStatusCode    error = Malformed("the status in the status line is no number of three digits")
	errSwitched      error = Malformed("101 Switching Protocols to a request that asked for none")
	errNoColon       error = Malformed("a header line has no colon")
	errFieldName     error = Malformed("a header name is empty or holds a character that none may hold")
	errFieldValue    error = Malformed("a header value holds a control character")
	errFoldedFirst   error = Malformed("the first header line begins with a space")
	errLongHeader    error = Malformed("the header is longer than 256 KiB")
	errLength        error = Malformed("the Content-Length is no number")
	errLengths       error = Malformed("there are several Content-Lengths, which differ")
	errCoding        error = Malformed("the transfer coding is another than chunked")
	errLongBody      error = Malformed("the body is longer than it may be")
	errChunkSize     error = Malformed("a chunk does not begin with its size in hexadecimal digits")
	errChunkTooLarge error = Malformed("a chunk's size is larger than any body")
	errChunkLine     error = Malformed("a line of the chunked coding does not end in CR LF")
	errLongChunkLine error = Malformed("a chunk's extensions are longer than 4 KiB")
	errChunkExcess   error = Malformed("the chunked coding holds too little but chunk sizes and extensions")
	errChunkEnd      error = Malformed("a chunk is longer than its size")
	errTrailer       error = Malformed("a trailer line is no header line")
	errLongTrailer   error = Malformed("the trailer is longer than 4 KiB")

	errClosedBefore error = Truncated("the connection was closed before the answer began")
	errClosedHeader error = Truncated("the connection was closed within the answer's header")
	errClosedBody   error = Truncated("the connection was closed before the whole Content-Length had come")
	errClosedChunk  error = Truncated("the connection was closed before the last chunk")
	errCutRecord    error = Truncated("the connection was closed within a record of TLS")
	errClosedEnd    error = Truncated("the connection was closed within the trailer")
)
