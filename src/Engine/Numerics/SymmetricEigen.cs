namespace Lockstep.Engine.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix by rotations (Jacobi 1846): n^3 a sweep, exact to the last digits, and in an
/// order that never depends on anything but the matrix. Reused from call to call; allocates nothing.
/// </summary>
internal sealed class SymmetricEigen(int size)
{
    private const int SweepsMax = 60;
    private readonly double[] _matrix = new double[size * size];
    private readonly double[] _turned = new double[size * size];
    private readonly int[] _order = new int[size];

    /// <summary>Eigenvalues, largest first.</summary>
    public double[] Values { get; } = new double[size];

    /// <summary>Eigenvector i is row i; each has length 1 and its element of largest size, the first of several, above 0.</summary>
    public double[] Vectors { get; } = new double[size * size];

    /// <summary>Computes them.</summary>
    /// <param name="matrix">The matrix, row by row.</param>
    public void Compute(ReadOnlySpan<double> matrix)
    {
        matrix.CopyTo(_matrix);
        _turned.AsSpan().Clear();
        for (var i = 0; i < size; i++)
        {
            _turned[(i * size) + i] = 1;
        }

        for (var sweep = 0; sweep < SweepsMax && Sweep(); sweep++)
        {
        }

        Sort();
    }

    private bool Sweep()
    {
        var turned = false;
        for (var p = 0; p < size; p++)
        {
            for (var q = p + 1; q < size; q++)
            {
                var off = _matrix[(p * size) + q];
                var (a, b) = (_matrix[(p * size) + p], _matrix[(q * size) + q]);
                if (Math.Abs(off) > 1e-300 && Math.Abs(off) > 1e-17 * Math.Sqrt(Math.Abs(a * b)))
                {
                    Rotate(p, q, off, a, b);
                    turned = true;
                }
            }
        }

        return turned;
    }

    private void Rotate(int p, int q, double off, double a, double b)
    {
        var theta = (b - a) / (2 * off);
        var t = Math.Sign(theta == 0 ? 1 : theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < size; k++)
        {
            var (kp, kq) = (_matrix[(k * size) + p], _matrix[(k * size) + q]);
            _matrix[(k * size) + p] = (c * kp) - (s * kq);
            _matrix[(k * size) + q] = (s * kp) + (c * kq);
        }

        for (var k = 0; k < size; k++)
        {
            var (pk, qk) = (_matrix[(p * size) + k], _matrix[(q * size) + k]);
            _matrix[(p * size) + k] = (c * pk) - (s * qk);
            _matrix[(q * size) + k] = (s * pk) + (c * qk);
            (pk, qk) = (_turned[(p * size) + k], _turned[(q * size) + k]);
            _turned[(p * size) + k] = (c * pk) - (s * qk);
            _turned[(q * size) + k] = (s * pk) + (c * qk);
        }

        // What is 0 by arithmetic is made so, else rounding would keep the sweeps going.
        _matrix[(p * size) + q] = 0;
        _matrix[(q * size) + p] = 0;
    }

    private void Sort()
    {
        for (var i = 0; i < size; i++)
        {
            var at = i;
            var value = _matrix[(i * size) + i];
            for (; at > 0 && _matrix[(_order[at - 1] * size) + _order[at - 1]] < value; at--)
            {
                _order[at] = _order[at - 1];
            }

            _order[at] = i;
        }

        for (var i = 0; i < size; i++)
        {
            var from = _turned.AsSpan(_order[i] * size, size);
            Values[i] = _matrix[(_order[i] * size) + _order[i]];
            var largest = 0;
            for (var k = 1; k < size; k++)
            {
                // A little more than rounding, so that two elements of one size do not change the sign from event to event.
                largest = Math.Abs(from[k]) > Math.Abs(from[largest]) * (1 + 1e-9) ? k : largest;
            }

            for (var k = 0; k < size; k++)
            {
                Vectors[(i * size) + k] = from[largest] < 0 ? -from[k] : from[k];
            }
        }
    }
}
