extension SafeTensorsFile {
    /// The values of an F32 tensor, in C order.
    ///
    /// - Parameters:
    ///   - name: The tensor.
    ///   - shape: The shape it must have, or nil for any.
    /// - Returns: Values that live as long as this object; copied once if they stand misaligned.
    /// - Throws: ``FilesError`` naming the tensor, what it is and what was wanted.
    public func float32(
        named name: String, expecting shape: [Int]? = nil
    ) throws -> UnsafeBufferPointer<Float> {
        try values(named: name, type: .float32, shape: shape)
    }

    /// The values of an F32 tensor where they may be overwritten: in memory alone, the file stays as it is.
    ///
    /// - Throws: as ``float32(named:expecting:)``.
    public func mutableFloat32(
        named name: String, expecting shape: [Int]? = nil
    ) throws -> UnsafeMutableBufferPointer<Float> {
        // Mapped privately, or an own copy.
        UnsafeMutableBufferPointer(mutating: try float32(named: name, expecting: shape))
    }

    /// The values of an F64 tensor; see ``float32(named:expecting:)``.
    public func float64(
        named name: String, expecting shape: [Int]? = nil
    ) throws -> UnsafeBufferPointer<Double> {
        try values(named: name, type: .float64, shape: shape)
    }

    /// The values of an I32 tensor; see ``float32(named:expecting:)``.
    public func int32(
        named name: String, expecting shape: [Int]? = nil
    ) throws -> UnsafeBufferPointer<Int32> {
        try values(named: name, type: .int32, shape: shape)
    }

    /// The values of an I64 tensor; see ``float32(named:expecting:)``.
    public func int64(
        named name: String, expecting shape: [Int]? = nil
    ) throws -> UnsafeBufferPointer<Int64> {
        try values(named: name, type: .int64, shape: shape)
    }

    /// The bytes of a tensor of any type, as they stand in the file: not aligned.
    ///
    /// - Throws: ``FilesError`` where there is no such tensor.
    public func bytes(named name: String) throws -> UnsafeRawBufferPointer {
        let range = try entry(named: name).byteRange
        try image.checkSize()
        return UnsafeRawBufferPointer(rebasing: image.bytes[range])
    }

    private func values<Value: BitwiseCopyable>(
        named name: String, type: SafeTensorsType, shape: [Int]?
    ) throws -> UnsafeBufferPointer<Value> {
        let entry = try entry(named: name)
        let wanted = shape ?? entry.shape
        guard entry.type == type, entry.shape == wanted else {
            let wantedShape = shape.map { " \($0)" } ?? ""
            throw FilesError.mismatch(
                path: path, name: name, got: "\(entry.type.rawValue) \(entry.shape)",
                wanted: "\(type.rawValue)\(wantedShape)")
        }
        return try image.values(in: entry.byteRange)
    }
}
