extension TokenBatch {
    /// The different tokens among the targets in the order they first come, and for each row of the batch the place of its
    /// token among them.
    func distinctTargets() -> (ids: [Int32], rows: [Int32]) {
        var ids: [Int32] = []
        var places: [Int32: Int32] = [:]
        let rows = targets.map { id in
            if let place = places[id] { return place }
            let place = Int32(ids.count)
            places[id] = place
            ids.append(id)
            return place
        }
        return (ids, rows)
    }
}
