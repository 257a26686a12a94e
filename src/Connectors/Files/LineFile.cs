using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Reads a file line by line and knows the byte offset and the number of each line. A line is complete when its end
/// (LF, a CR before it is dropped) has been read; <see cref="TakeRest"/> gives a last line without one. A byte order mark at
/// the start of the file is skipped. The file may grow while it is read. Not thread-safe.
/// </summary>
internal sealed class LineFile : IDisposable
{
    /// <summary>Longest line in bytes; a longer one is an error.</summary>
    public const int MaxLineBytes = 4 * 1024 * 1024;

    private const int FirstBufferBytes = 64 * 1024;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>Opens the file; it must exist.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="offset">Byte offset of a line's start.</param>
    /// <param name="line">Number of lines before the offset.</param>
    public LineFile(string path, long offset = 0, long line = 0)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Offset = offset;
        Line = line;
    }

    /// <summary>Byte offset after the last line given: where reading would go on.</summary>
    public long Offset { get; private set; }

    /// <summary>Number of the last line given, from 1; 0 before the first.</summary>
    public long Line { get; private set; }

    /// <summary>Length of the file now.</summary>
    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>The next complete line, without its end, or false: there is none yet.</summary>
    /// <param name="line">Its bytes; valid until the next call.</param>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MaxLineBytes"/>.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = _searched + at - _start;
                line = Give(length, length + 1);
                return true;
            }

            _searched = _end;
            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    /// <summary>The bytes after the last complete line as a line; false: there are none. For files that do not grow.</summary>
    /// <param name="line">Its bytes; valid until the next call.</param>
    public bool TakeRest(out ReadOnlySpan<byte> line)
    {
        if (_end == _start)
        {
            line = default;
            return false;
        }

        line = Give(_end - _start, _end - _start);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private ReadOnlySpan<byte> Give(int length, int consumed)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        if (Offset == 0 && line.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        if (line.Length > 0 && line[^1] == (byte)'\r')
        {
            line = line[..^1];
        }

        _start += consumed;
        _searched = _start;
        Offset += consumed;
        Line++;
        return line;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxLineBytes)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"{_path}:{Line + 1}: the line is longer than {MaxLineBytes} bytes."));
            }

            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaxLineBytes));
        }

        var read = RandomAccess.Read(_handle, _buffer.AsSpan(_end), Offset + _end);
        _end += read;
        return read > 0;
    }
}
