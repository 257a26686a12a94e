using System.Numerics;

namespace Lockstep.Engine.Indexes;

/// <summary>
/// Hash buckets over the slots of a row store, chained through an array: no object a row. Compares hashes only; the
/// store compares keys.
/// </summary>
internal sealed class KeyTable
{
    private const int None = -1;
    private int[] _buckets = [];
    private int[] _chain = [];
    private ulong[] _hashes = [];

    public KeyTable() => Clear(0);

    /// <summary>First slot whose key has this hash, or -1.</summary>
    public int First(ulong hash) => Match(_buckets[Bucket(hash)], hash);

    /// <summary>First slot of each hash, or -1.</summary>
    public void FirstOf(ReadOnlySpan<ulong> hashes, Span<int> slots)
    {
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = _buckets[Bucket(hashes[i])];
        }

        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = Match(slots[i], hashes[i]);
        }
    }

    /// <summary>Next slot after <paramref name="slot"/> with the same hash, or -1.</summary>
    public int Next(int slot) => Match(_chain[slot], _hashes[slot]);

    public void Add(int slot, ulong hash)
    {
        _hashes[slot] = hash;
        ref var bucket = ref _buckets[Bucket(hash)];
        _chain[slot] = bucket;
        bucket = slot;
    }

    public void Remove(int slot)
    {
        ref var link = ref _buckets[Bucket(_hashes[slot])];
        while (link != slot)
        {
            link = ref _chain[link];
        }

        link = _chain[slot];
    }

    /// <summary>Gives a slot its hash without putting it into a bucket: <see cref="Fill"/> does that.</summary>
    public void SetHash(int slot, ulong hash) => _hashes[slot] = hash;

    /// <summary>Makes room for the hashes of more slots; nothing is found until <see cref="Fill"/>.</summary>
    public void Resize(int capacity)
    {
        if (_hashes.Length < capacity)
        {
            Array.Resize(ref _hashes, capacity);
        }
    }

    /// <summary>As <see cref="Rebuild"/>, where the first slots are the ones in use.</summary>
    public void Fill(int capacity, int count)
    {
        Clear(capacity);
        for (var slot = 0; slot < count; slot++)
        {
            Add(slot, _hashes[slot]);
        }
    }

    /// <summary>Makes room for more slots and puts the used ones into new buckets.</summary>
    /// <param name="capacity">How many slots.</param>
    /// <param name="used">The slots in use, which have their hashes.</param>
    public void Rebuild(int capacity, ReadOnlySpan<int> used)
    {
        Clear(capacity);
        foreach (var slot in used)
        {
            Add(slot, _hashes[slot]);
        }
    }

    private void Clear(int capacity)
    {
        Array.Resize(ref _chain, capacity);
        Array.Resize(ref _hashes, capacity);
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 1))];
        _buckets.AsSpan().Fill(None);
    }

    private int Bucket(ulong hash) => (int)(hash & (uint)(_buckets.Length - 1));

    private int Match(int slot, ulong hash)
    {
        while (slot != None && _hashes[slot] != hash)
        {
            slot = _chain[slot];
        }

        return slot;
    }
}
